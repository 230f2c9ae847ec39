#!/usr/bin/env python3
"""Writes crc32c_tables.h: python3 crc32c_tables.py | clang-format > crc32c_tables.h"""

POLYNOMIAL = 0x82F63B78  # bit 31 is x^0; x^32 is implied
LANES = (1024, 168)  # bytes of a long and of a short lane

HEAD = """\
/* Constants of CRC32C (RFC 7143 13.1), written by crc32c_tables.py; a unit test recomputes them. */
#ifndef SANSCSI_WIRE_CRC32C_TABLES_H
#define SANSCSI_WIRE_CRC32C_TABLES_H

/*
 * Polynomials are bit-reflected: bit 31 of a word is the coefficient of x^0, and the generator
 * is 0x82f63b78. A CRC state is the remainder without the complements before and after.
 *
 * To write this file anew: python3 crc32c_tables.py | clang-format > crc32c_tables.h
 */
#include <stddef.h>
#include <stdint.h>

/* The code for CRC instructions works on three lanes side by side, long or short ones. */
#define CRC32C_LANE_LONG ((size_t)%d)  /* bytes */
#define CRC32C_LANE_SHORT ((size_t)%d) /* bytes */
"""


def times_x(value):
    return (value >> 1) ^ (POLYNOMIAL if value & 1 else 0)


def times(a, b):
    """The product of two polynomials modulo the generator."""
    product = 0
    for bit in range(31, -1, -1):
        if (b >> bit) & 1:
            product ^= a
        a = times_x(a)
    return product


def power(exponent):
    """x^exponent modulo the generator."""
    value = 0x80000000
    for _ in range(exponent):
        value = times_x(value)
    return value


def initializer(value):
    if isinstance(value, int):
        return f"0x{value:08x}"
    return "{" + ", ".join(initializer(v) for v in value) + "}"


def table(comment, declarator, value):
    print(f"\n/* {comment} */\nstatic const uint32_t {declarator} = {initializer(value)};")


def moved_by_table(distance):
    factor = power(8 * distance)
    return [[times(n << (4 * i), factor) for n in range(16)] for i in range(8)]


def main():
    print(HEAD % LANES, end="")
    table(
        "[k][b]: the state b moved by 1 + k zero bytes.",
        "crc32c_slices[8][256]",
        [[times(b, power(8 * (k + 1))) for b in range(256)] for k in range(8)],
    )
    table(
        "[short][n]: x^(8 * distance - 33) for a distance of 1 + n lanes.",
        "crc32c_factors[2][2]",
        [[power(8 * (n + 1) * lane - 33) for n in range(2)] for lane in LANES],
    )
    table(
        "[short][n][i][h]: the state h << 4 * i moved by 1 + n lanes.",
        "crc32c_moves[2][2][8][16]",
        [[moved_by_table((n + 1) * lane) for n in range(2)] for lane in LANES],
    )
    print("\n#endif")


main()
