/* weak_hash.h: be_hash made as bad as a test wants it, by the linker's --wrap, so that keys collide
 * and only comparing them in full tells them apart. */
#ifndef TESTS_BATCH_WEAK_HASH_H
#define TESTS_BATCH_WEAK_HASH_H

#include <breakeven/base.h>

extern uint64_t hash_mask; /* bits of each half that are kept */

#endif
