/* What the tests of the digests compare with: published vectors, and values of Python's hashlib. */
#include "hash_cases.h"

#include <iscsi/initiator.h>

#define MESSAGE_448 "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
#define MESSAGE_896                                                                                \
    "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"                                     \
    "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"

/*
 * RFC 1321 A.5; for the others the examples of FIPS 180 and of FIPS 202 with messages of 0, 24, 448
 * and 896 bits.
 */
const struct text_case text_cases[] = {
    {SANSCSI_CHAP_MD5, "", "d41d8cd98f00b204e9800998ecf8427e"},
    {SANSCSI_CHAP_MD5, "a", "0cc175b9c0f1b6a831c399e269772661"},
    {SANSCSI_CHAP_MD5, "abc", "900150983cd24fb0d6963f7d28e17f72"},
    {SANSCSI_CHAP_MD5, "message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
    {SANSCSI_CHAP_MD5, "abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"},
    {SANSCSI_CHAP_MD5, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
     "d174ab98d277d9f5a5611c2c9f419d9f"},
    {SANSCSI_CHAP_MD5,
     "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
     "57edf4a22be3c955ac49da2e2107b67a"},
    {SANSCSI_CHAP_SHA1, "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
    {SANSCSI_CHAP_SHA1, MESSAGE_448, "84983e441c3bd26ebaae4aa1f95129e5e54670f1"},
    {SANSCSI_CHAP_SHA1, MESSAGE_896, "a49b2446a02c645bf419f995b67091253a04a259"},
    {SANSCSI_CHAP_SHA256, "abc",
     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {SANSCSI_CHAP_SHA256, MESSAGE_448,
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {SANSCSI_CHAP_SHA256, MESSAGE_896,
     "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
    {SANSCSI_CHAP_SHA3_256, "", "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a"},
    {SANSCSI_CHAP_SHA3_256, "abc",
     "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"},
    {SANSCSI_CHAP_SHA3_256, MESSAGE_448,
     "41c0dba2a9d6240849100376a8235e2c82e1b9998a999e21db32dd97496d3376"},
    {SANSCSI_CHAP_SHA3_256, MESSAGE_896,
     "916f6061fe879741ca6469b43971dfdb28b1a32dc36cb3254e812be27aad1d18"},
};
const size_t text_case_count = sizeof(text_cases) / sizeof(text_cases[0]);

/* NIST CAVP, SHA3_256ShortMsg.rsp: the messages of 1080 and 1088 bits, around one block. */
const struct binary_case binary_cases[] = {
    {SANSCSI_CHAP_SHA3_256,
     "b1f6076509938432145bb15dbe1a7b2e007934be5f753908b50fd24333455970a7429f2ffbd28bd6"
     "fe1804c4688311f318fe3fcd9f6744410243e115bcb00d7e039a4fee4c326c2d119c42abd2e8f415"
     "5a44472643704cc0bc72403b8a8ab0fd4d68e04a059d6e5ed45033b906326abb4eb4147052779bad"
     "6a03b55ca5bd8b140e131bed2dfada",
     "f82d9602b231d332d902cb6436b15aef89acc591cb8626233ced20c0a6e80d7a"},
    {SANSCSI_CHAP_SHA3_256,
     "56ea14d7fcb0db748ff649aaa5d0afdc2357528a9aad6076d73b2805b53d89e73681abfad26bee6c"
     "0f3d20215295f354f538ae80990d2281be6de0f6919aa9eb048c26b524f4d91ca87b54c0c54aa9b5"
     "4ad02171e8bf31e8d158a9f586e92ffce994ecce9a5185cc80364d50a6f7b94849a914242fcb73f3"
     "3a86ecc83c3403630d20650ddb8cd9c4",
     "4beae3515ba35ec8cbd1d94567e22b0d7809c466abfbafe9610349597ba15b45"},
};
const size_t binary_case_count = sizeof(binary_cases) / sizeof(binary_cases[0]);

/*
 * One million "a": the examples of FIPS 180 and FIPS 202; MD5 from hashlib. The CHAP responses and
 * the digests of all lengths come from these lines, whose values stand in the order of the numbers:
 *
 *     for new in hashlib.md5, hashlib.sha1, hashlib.sha256, hashlib.sha3_256:
 *         new(b"\1" + b"0123456789abcdef" + bytes(range(16))).hexdigest()
 *         message = bytes(i % 251 for i in range(300))
 *         new(b"".join(new(message[:n]).digest() for n in range(301))).hexdigest()
 */
const struct algorithm_case algorithm_cases[ALGORITHMS] = {
    {SANSCSI_CHAP_MD5, "md5", 16, "7707d6ae4e027c70eea2a935c2296f21",
     "048215ee8ea35eb951f4ad462482d8b0", "eeb77f5f54b2e46b4849a40454d8e547"},
    {SANSCSI_CHAP_SHA1, "sha1", 20, "34aa973cd4c4daa4f61eeb2bdbad27316534016f",
     "1c1bf2026d0694622918b1a5fd42be9a330be83e", "6804e4ea9a6a8d4892d67a40ced19afe1455116c"},
    {SANSCSI_CHAP_SHA256, "sha256", 32,
     "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
     "fe2c01c121d53ac3585b44fc4c9ee85d87430be131e07e0b3d43fd66a1cb8166",
     "b90e35153500e9a471591550ee25a954527c6b4448afff95f7949a2ca93300ce"},
    {SANSCSI_CHAP_SHA3_256, "sha3-256", 32,
     "5c8875ae474a3634ba4fd55ec85bffd661f32aca75c6d699d0cdcb6c115891c1",
     "41a572698044cdf55f747cbc62cd23af0e5f3944aeb697a9deb758204876ab55",
     "d4daa4ebbd2c645f86ba95b6e1826396ad89974ff4cd6581c57e362b4464286a"},
};

/*
 * Around the ends of blocks and of the room for the length, the first n bytes of the same message:
 * new(message[:n]).hexdigest().
 */
const struct border_case border_cases[] = {
    {55,
     {"6912ee65fff2d9f9ce2508cddf8bcda0", "8ae2d46729cfe68ff927af5eec9c7d1b66d65ac2",
      "463eb28e72f82e0a96c0a4cc53690c571281131f672aa229e0d45ae59b598b59",
      "a91a138e3374d2d8fa4791b83a93a311a06a2926ef70153428cf6e1b239c10d4"}},
    {56,
     {"51fdd1acda72405dfdfa03fcb85896d7", "636e2ec698dac903498e648bd2f3af641d3c88cb",
      "da2ae4d6b36748f2a318f23e7ab1dfdf45acdc9d049bd80e59de82a60895f562",
      "d192f5964dc70118fcac64bf0eb838009b816d344f67b04e8e78d5bde783e54a"}},
    {63,
     {"48a6295221902e8e0938f773a7185e72", "6d942da0c4392b123528f2905c713a3ce28364bd",
      "29af2686fd53374a36b0846694cc342177e428d1647515f078784d69cdb9e488",
      "ba7af58d214bb604bcaad40ad55cca7d9815e7535f1c9837be8fb8fee2519560"}},
    {64,
     {"b2d3f56bc197fd985d5965079b5e7148", "c6138d514ffa2135bfce0ed0b8fac65669917ec7",
      "fdeab9acf3710362bd2658cdc9a29e8f9c757fcf9811603a8c447cd1d9151108",
      "c8ad478f4e1dd9d47dfc3b985708d92db1f8db48fe9cddd459e63c321f490402"}},
    {65,
     {"8bd7053801c768420faf816fadba971c", "69bd728ad6e13cd76ff19751fde427b00e395746",
      "4bfd2c8b6f1eec7a2afeb48b934ee4b2694182027e6d0fc075074f2fabb31781",
      "9a11f135d2231be8ee824d1e9d3204018870defc2f469f34ef5969b4815cec3c"}},
    {119,
     {"1c772251899a7ff007400b888d6b2042", "41c89d06001bab4ab78736b44efe7ce18ce6ae08",
      "da18797ed7c3a777f0847f429724a2d8cd5138e6ed2895c3fa1a6d39d18f7ec6",
      "a226deff22f92e994b1818026d923b9c93a72f8d5b4f2cc3cf622d6492373db3"}},
    {120,
     {"b7ba1efc6022e9ed272f00b8831e26e6", "d3dbd653bd8597b7475321b60a36891278e6a04a",
      "f52b23db1fbb6ded89ef42a23ce0c8922c45f25c50b568a93bf1c075420bbb7c",
      "de05697a0743d511b0049e4055a7618cef7a3f54ab2ed031ec6d2f75c5416ad9"}},
    {135,
     {"577b18536be8880747324fe72f73b4cb", "a47fd7470c43f7cb7e5dd4159fb0c11644f6a108",
      "6a053848cfe83c0fc8c8a81dd84f6b946c63193cd25cdd5dad45f08be8019e89",
      "fded8fd9d6551c601eeb3b7c6bc5e5cfd8aad1d015b7e9aaa9c9b9475231d5e2"}},
    {136,
     {"e0d70f824895dedd2a6eff96b2496a08", "4ab5a4f084d4d95894078e8d570eb0bff13c6286",
      "ffc555203945df4e81d75f316e4c25fdc0bc4e96412f4f469349eb716f001a7d",
      "cf3ccff92480a29160c2d38317c430e14749bfee1788106957dfe73f8c4930e5"}},
    {137,
     {"d622abf62660ef4976d2c268257e38b8", "5f9de1b34863866e2c644fee51ec0bed7d6b7d91",
      "81d45be06329d63a2d8a8599d445676933bea1678fc586795b4ecbb838d4d158",
      "ce9d7dc90913ee5d92745019479a5352c6d6279bef18ed07dc0a83ee8084daca"}},
};
const size_t border_case_count = sizeof(border_cases) / sizeof(border_cases[0]);
