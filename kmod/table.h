/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * table.h - a hash table whose key is one word: an address, or a keyed hash
 * of the core's. table.c has the theory.
 *
 * What is listed has a struct sipalg_node with the key right behind it; say
 * so with SIPALG_KEYED(). Several objects may have the same key.
 */
#ifndef SIPALG_TABLE_H
#define SIPALG_TABLE_H

#include <linux/container_of.h>
#include <linux/seqlock.h>
#include <linux/types.h>

/**
 * struct sipalg_node - an object's place in a table; its key follows
 * @next: in the same bucket
 */
struct sipalg_node {
	struct sipalg_node __rcu *next;
};

#define SIPALG_KEYED(type, node, key)					       \
	static_assert(offsetof(type, key) ==				       \
		      offsetof(type, node) + sizeof(struct sipalg_node))

enum { SIPALG_SEGMENT = 128 };

/* Some of the buckets. */
struct sipalg_segment {
	struct rcu_head rcu;
	struct sipalg_node __rcu *bucket[SIPALG_SEGMENT];
};

struct sipalg_directory;

/**
 * struct sipalg_table - all objects of one kind, by their key
 * @dir: where the buckets are
 * @size: how many buckets
 * @count: how many objects
 * @walks: as long as somebody goes through it no object changes its bucket
 * @moved: tells readers without the lock that one did
 * @lock: protects all of it
 * @seed: keys the hash
 */
struct sipalg_table {
	struct sipalg_directory __rcu *dir;
	u32 size;
	u32 count;
	u32 walks;
	seqcount_spinlock_t moved;
	spinlock_t *lock;		/* every change */
	u64 seed;
};

/**
 * struct sipalg_place - how far a walk has come
 * @bucket: which one
 * @nth: objects of it that were seen
 */
struct sipalg_place {
	u32 bucket;
	u32 nth;
};

int sipalg_table_init(struct sipalg_table *t, spinlock_t *lock);
void sipalg_table_exit(struct sipalg_table *t);
void sipalg_table_add(struct sipalg_table *t, struct sipalg_node *n);
bool __must_check sipalg_table_add_only(struct sipalg_table *t,
					struct sipalg_node *n);
void sipalg_table_del(struct sipalg_table *t, struct sipalg_node *n);
struct sipalg_node *sipalg_table_find(const struct sipalg_table *t, u64 key);
struct sipalg_node *sipalg_table_again(const struct sipalg_table *t,
				       const struct sipalg_node *n);
struct sipalg_node *sipalg_table_at(const struct sipalg_table *t,
				    struct sipalg_place *at);
unsigned int sipalg_table_each(struct sipalg_table *t,
			       bool (*fn)(struct sipalg_node *n, void *data),
			       void *data);

#endif /* SIPALG_TABLE_H */
