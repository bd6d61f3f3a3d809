/* random.c: hashing, and counter-based random numbers.
 *
 * Philox4x32-10 turns (key, counter) into four words by ten rounds of two 32 x 32 -> 64 multiplies;
 * the key is the seed, the counter is (counter, item). Nothing is carried from one block to the
 * next, so any item's stream can be made anywhere.
 */
#include "base/base.h"

#include <xxhash.h>

be_hash128 be_hash(const void *bytes, size_t size)
{
    XXH128_hash_t hash = XXH3_128bits(bytes, size);
    return (be_hash128){hash.low64, hash.high64};
}

void be_random_block(uint64_t seed, uint64_t item, uint64_t counter, uint32_t words[4])
{
    uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    uint32_t c[4] = {(uint32_t)counter, (uint32_t)(counter >> 32), (uint32_t)item,
                     (uint32_t)(item >> 32)};
    for (int round = 0; round < 10; round++) {
        uint64_t product0 = (uint64_t)0xD2511F53u * c[0];
        uint64_t product1 = (uint64_t)0xCD9E8D57u * c[2];
        c[0] = (uint32_t)(product1 >> 32) ^ c[1] ^ key[0];
        c[1] = (uint32_t)product1;
        c[2] = (uint32_t)(product0 >> 32) ^ c[3] ^ key[1];
        c[3] = (uint32_t)product0;
        key[0] += 0x9E3779B9u;
        key[1] += 0xBB67AE85u;
    }
    for (int i = 0; i < 4; i++) {
        words[i] = c[i];
    }
}

void be_random_init(be_random *random, uint64_t seed, uint64_t item)
{
    *random = (be_random){.seed = seed, .item = item};
}

uint32_t be_random_u32(be_random *random)
{
    if (random->left == 0) {
        be_random_block(random->seed, random->item, random->counter++, random->words);
        random->left = 4;
    }
    return random->words[4 - random->left--];
}

uint64_t be_random_u64(be_random *random)
{
    uint64_t low = be_random_u32(random);
    return low | (uint64_t)be_random_u32(random) << 32;
}

/* Lemire's multiply-and-reject. Source: D. Lemire, "Fast random integer generation in an interval",
 * 2019. */
uint64_t be_random_below(be_random *random, uint64_t bound)
{
    be__u128 product = (be__u128)be_random_u64(random) * bound;
    if ((uint64_t)product < bound) {
        uint64_t reject_below = -bound % bound;
        while ((uint64_t)product < reject_below) {
            product = (be__u128)be_random_u64(random) * bound;
        }
    }
    return (uint64_t)(product >> 64);
}

double be_random_unit(be_random *random)
{
    return (double)(be_random_u64(random) >> 11) * 0x1p-53;
}
