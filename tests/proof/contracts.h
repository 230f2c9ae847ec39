/* What several proofs say in their contracts: values of bytes in network order. */
#ifndef PROOF_CONTRACTS_H
#define PROOF_CONTRACTS_H

#define BE16(p) ((p)[0] * 0x100 + (p)[1])
#define BE24(p) ((p)[0] * 0x10000 + (p)[1] * 0x100 + (p)[2])
#define BE32(p) ((p)[0] * 0x1000000 + (p)[1] * 0x10000 + (p)[2] * 0x100 + (p)[3])
#define BE64(p) (BE32(p) * 0x100000000 + BE32((p) + 4))

/* What a conversion to an unsigned type does (C11 6.3.1.3); the prover only knows those that keep
 * the value. */
/*@ axiomatic Conversion {
        axiom to_byte: \forall integer x; 0 <= x ==> (unsigned char)x == x % 0x100;
        axiom to_half: \forall integer x; 0 <= x ==> (unsigned short)x == x % 0x10000;
        axiom to_word: \forall integer x;
            -0x100000000 <= x < 0 ==> (unsigned int)x == x + 0x100000000;
        axiom to_low_word: \forall integer x; 0 <= x ==> (unsigned int)x == x % 0x100000000;
    } */

#endif
