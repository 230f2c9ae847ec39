/* Secrets, challenges and the right responses of CHAP. All digests were computed by Python's
 * hashlib. */
#ifndef SANSCSI_TESTS_CHAP_VECTORS_H
#define SANSCSI_TESTS_CHAP_VECTORS_H

/* The exchange of the vector: identifier 1, the own secret, and these 16 bytes. */
#define OWN_SECRET "0123456789abcdef"
#define VECTOR_CHALLENGE "0x000102030405060708090a0b0c0d0e0f"
#define VECTOR_MD5 "0x048215ee8ea35eb951f4ad462482d8b0"
#define VECTOR_SHA1 "0x1c1bf2026d0694622918b1a5fd42be9a330be83e"
#define VECTOR_SHA256 "0xfe2c01c121d53ac3585b44fc4c9ee85d87430be131e07e0b3d43fd66a1cb8166"
#define VECTOR_SHA3_256 "0x41a572698044cdf55f747cbc62cd23af0e5f3944aeb697a9deb758204876ab55"

/* What chap_random() makes of the initiator's own: identifier 16, a nonce of 16 bytes, and the
 * first half of SHA-256 over what it gave for the mark (0x10 to 0x2f) and the nonce. */
#define TARGET_SECRET "fedcba9876543210"
#define OWN_IDENTIFIER "16"
#define OWN_CHALLENGE "0x1112131415161718191a1b1c1d1e1f204f1ecf55910144e34571acd14657ce87"

/* The target's proofs for that, and what the own secret would answer to it. */
#define PROOF_MD5 "0xc5a5d8a7bd5f1978e5643a62f353a25a"
#define PROOF_SHA1 "0x8e443e5ef99b348f99469a5423306cd2766fb0b9"
#define PROOF_SHA256 "0x5c6321a5d5ab4c8bdcc3563abf24878e0414a03725af564c6b4405e789a3724a"
#define PROOF_SHA3_256 "0xc95dc7b74f8bc8762c30569a2911b1b5bbcaea9e56e531471b9eeb6545c70cec"
#define OWN_ANSWER_MD5 "0x531769c270904849d7f81af056a7fc92"

#endif
