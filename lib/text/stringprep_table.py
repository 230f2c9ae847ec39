#!/usr/bin/env python3
"""Writes stringprep_table.h: python3 stringprep_table.py | clang-format > stringprep_table.h"""

import stringprep
import unicodedata

HEAD = """\
/* Code points beyond ASCII that no iSCSI name holds (RFC 3722), written by stringprep_table.py. */
#ifndef SANSCSI_TEXT_STRINGPREP_TABLE_H
#define SANSCSI_TEXT_STRINGPREP_TABLE_H

/*
 * What RFC 3722 6 prohibits, what its mappings (tables B.1, B.2) and normalization form KC change,
 * and right-to-left characters (table D.1): a name begins with a left-to-right type designator, so
 * that RFC 3454 6 leaves no room for them. Code points that Unicode 3.2 does not assign are not in
 * the table: no rule of iSCSI keeps them out.
 *
 * To write this file anew: python3 stringprep_table.py | clang-format > stringprep_table.h
 */
#include <stdint.h>

/* In the first code point of a row: only every second one up to the last, such as the capitals of
 * a script that has them in turn with the small letters. */
#define EVERY_SECOND UINT32_C(0x80000000)

/* In ascending order. */
static const uint32_t refused[][2] = {
"""

TAIL = """};

#endif
"""

FIRST = 0x80
LAST = 0x10FFFF
UNICODE = unicodedata.ucd_3_2_0
PROHIBITED = (
    stringprep.in_table_c11,
    stringprep.in_table_c12,
    stringprep.in_table_c21,
    stringprep.in_table_c22,
    stringprep.in_table_c3,
    stringprep.in_table_c4,
    stringprep.in_table_c5,
    stringprep.in_table_c6,
    stringprep.in_table_c7,
    stringprep.in_table_c8,
    stringprep.in_table_c9,
    lambda character: character == "\u3002",  # RFC 3722 6.1
)


def prepared(character):
    """What mapping and normalization make of a character."""
    if stringprep.in_table_b1(character):
        return ""
    return UNICODE.normalize("NFKC", stringprep.map_table_b2(character))


def refused(point):
    character = chr(point)
    if any(prohibits(character) for prohibits in PROHIBITED):
        return True
    if stringprep.in_table_a1(character):
        return False
    return stringprep.in_table_d1(character) or prepared(character) != character


def runs(points):
    """Rows of (first, last, step) with step 1, or 2 where that says more in one row."""
    rows = []
    start = 0
    while start < len(points):
        ends = {}
        for step in (1, 2):
            end = start
            while end + 1 < len(points) and points[end + 1] - points[end] == step:
                end += 1
            ends[step] = end
        step = 1 if ends[1] >= ends[2] else 2
        rows.append((points[start], points[ends[step]], step))
        start = ends[step] + 1
    return rows


def main():
    points = [point for point in range(FIRST, LAST + 1) if refused(point)]
    print(HEAD, end="")
    for first, last, step in runs(points):
        print("{0x%04x%s, 0x%04x}," % (first, " | EVERY_SECOND" if step == 2 else "", last))
    print(TAIL, end="")


if __name__ == "__main__":
    main()
