/* memo.c: results remembered in memory of a fixed size.
 *
 * A table is a few shards, each with a lock of its own; the hash of the key says which. A shard is
 * a log in a ring: entries are written one after the other, and their positions count up for ever,
 * the ring offset being the position modulo its size. A bucket holds the position of its newest
 * entry, an entry that of the one before it in its bucket.
 *
 *     bucket --> newest --> older --> older still --> (overwritten: position below `oldest`)
 *
 * Writing moves `oldest` up, and that alone is what forgets: a position below it is not followed,
 * so nothing is ever unlinked. All memory is taken at creation.
 */
#include "base/base.h"
#include "batch/toolkit.h"

#include <pthread.h>
#include <string.h>

enum {
    BYTES_MIN = 4096,
    SHARDS_MAX = 16,
    SHARD_BYTES = 1 << 16, /* fewer shards rather than smaller ones */
    BYTES_PER_BUCKET = 64, /* of a shard: near one entry a bucket for small keys and values */
    ENTRY_ALIGN = 8
};

struct entry {
    uint64_t older; /* position + 1 of the next in this bucket; 0: none */
    be_hash128 hash;
    size_t key_size;
    size_t value_size;
    unsigned char bytes[]; /* the key, then the value */
};

struct shard {
    pthread_mutex_t lock;
    uint64_t *buckets; /* position + 1; 0: none */
    size_t n_buckets;  /* a power of two */
    unsigned char *ring;
    size_t ring_size;
    uint64_t next;   /* position of the next entry */
    uint64_t oldest; /* positions from here on are whole */
};

struct be_memo_table {
    be_allocator allocator;
    unsigned char *memory; /* of all shards, one after the other */
    size_t bytes;
    size_t n_shards; /* a power of two */
    struct shard shards[SHARDS_MAX];
};

static struct entry *entry_at(const struct shard *shard, uint64_t position)
{
    return (struct entry *)(void *)(shard->ring + position % shard->ring_size);
}

static struct shard *shard_of(be_memo_table *table, be_hash128 hash)
{
    return &table->shards[hash.high & (table->n_shards - 1)];
}

static uint64_t *bucket_of(const struct shard *shard, be_hash128 hash)
{
    return &shard->buckets[hash.low & (shard->n_buckets - 1)];
}

/* The newest entry of this key, or NULL. The shard's lock is held. */
static struct entry *find(const struct shard *shard, be_hash128 hash, const void *key,
                          size_t key_size)
{
    for (uint64_t at = *bucket_of(shard, hash); at > shard->oldest;) {
        struct entry *entry = entry_at(shard, at - 1);
        if (entry->hash.low == hash.low && entry->hash.high == hash.high &&
            entry->key_size == key_size && memcmp(entry->bytes, key, key_size) == 0) {
            return entry;
        }
        at = entry->older;
    }
    return NULL;
}

/* Room for an entry of size bytes in one piece, at the position returned. */
static uint64_t make_room(struct shard *shard, size_t size)
{
    size_t to_the_end = shard->ring_size - shard->next % shard->ring_size;
    uint64_t position = shard->next + (size > to_the_end ? to_the_end : 0);
    shard->next = position + size;
    if (shard->next > shard->ring_size && shard->next - shard->ring_size > shard->oldest) {
        shard->oldest = shard->next - shard->ring_size;
    }
    return position;
}

static bool get(void *user, const void *key, size_t key_size, void *value, size_t value_size)
{
    be_memo_table *table = user;
    be_hash128 hash = be_hash(key, key_size);
    struct shard *shard = shard_of(table, hash);
    pthread_mutex_lock(&shard->lock);
    const struct entry *entry = find(shard, hash, key, key_size);
    bool known = entry && entry->value_size == value_size;
    if (known) {
        memcpy(value, entry->bytes + key_size, value_size);
    }
    pthread_mutex_unlock(&shard->lock);
    return known;
}

/* An entry too large for a shard is not remembered. */
static void put(void *user, const void *key, size_t key_size, const void *value, size_t value_size)
{
    be_memo_table *table = user;
    be_hash128 hash = be_hash(key, key_size);
    struct shard *shard = shard_of(table, hash);
    size_t room = shard->ring_size - sizeof(struct entry);
    if (key_size > room || value_size > room - key_size) {
        return;
    }
    size_t size = sizeof(struct entry) + key_size + value_size;
    size = (size + ENTRY_ALIGN - 1) / ENTRY_ALIGN * ENTRY_ALIGN;
    pthread_mutex_lock(&shard->lock);
    struct entry *entry = find(shard, hash, key, key_size);
    if (!entry || entry->value_size != value_size) {
        uint64_t position = make_room(shard, size);
        uint64_t *bucket = bucket_of(shard, hash);
        entry = entry_at(shard, position);
        *entry = (struct entry){*bucket, hash, key_size, value_size};
        memcpy(entry->bytes, key, key_size);
        *bucket = position + 1;
    }
    memcpy(entry->bytes + key_size, value, value_size);
    pthread_mutex_unlock(&shard->lock);
}

be_status be_memo_table_create(const be_allocator *allocator, size_t bytes, be_memo_table **table)
{
    if (bytes < BYTES_MIN) {
        return BE_EINVAL;
    }
    allocator = allocator ? allocator : be_allocator_default();
    be_memo_table *t = be__allocate_zeroed(allocator, 1, sizeof *t);
    if (!t) {
        return BE_ENOMEM;
    }
    t->allocator = *allocator;
    t->bytes = bytes;
    t->memory = be__allocate(allocator, 1, bytes);
    if (!t->memory) {
        be_memo_table_destroy(t);
        return BE_ENOMEM;
    }
    size_t n_shards = 1;
    while (n_shards < SHARDS_MAX && bytes / (2 * n_shards) >= SHARD_BYTES) {
        n_shards *= 2;
    }
    size_t shard_bytes = bytes / n_shards / ENTRY_ALIGN * ENTRY_ALIGN;
    for (; t->n_shards < n_shards; t->n_shards++) {
        struct shard *shard = &t->shards[t->n_shards];
        if (pthread_mutex_init(&shard->lock, NULL)) {
            be_memo_table_destroy(t);
            return BE_ESYSTEM;
        }
        shard->n_buckets = 1;
        while (shard->n_buckets * 2 <= shard_bytes / BYTES_PER_BUCKET) {
            shard->n_buckets *= 2;
        }
        shard->buckets = (uint64_t *)(void *)(t->memory + t->n_shards * shard_bytes);
        memset(shard->buckets, 0, shard->n_buckets * sizeof *shard->buckets);
        shard->ring = (unsigned char *)(shard->buckets + shard->n_buckets);
        shard->ring_size = shard_bytes - shard->n_buckets * sizeof *shard->buckets;
    }
    *table = t;
    return BE_OK;
}

void be_memo_table_destroy(be_memo_table *table)
{
    if (!table) {
        return;
    }
    for (size_t i = 0; i < table->n_shards; i++) {
        pthread_mutex_destroy(&table->shards[i].lock);
    }
    be_allocator allocator = table->allocator;
    be__release(&allocator, table->memory, 1, table->bytes);
    be__release(&allocator, table, 1, sizeof *table);
}

be_memo be_memo_table_memo(be_memo_table *table)
{
    return (be_memo){get, put, table};
}
