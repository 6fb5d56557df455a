// SPDX-License-Identifier: GPL-2.0-only
/*
 * table.c - hash tables that grow by one bucket at a time.
 *
 * THEORY OF OPERATION
 *
 * Linear hashing: with 2^k + i buckets the first i of the 2^k are split
 * already. Each object that comes may split one more bucket, each that goes
 * may join the last one to its other half, so no message pays for the growth
 * of a whole table, the buckets are no more than the objects want, and what
 * has to be allocated in softirq context is small: a segment of buckets. If
 * it cannot be had, chains are longer for a while; nothing fails.
 *
 * Changes want the table's lock. Readers need only RCU. One that finds
 * nothing while an object is on its way to another bucket looks again.
 */
#include <linux/lockdep.h>
#include <linux/log2.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "sipalg.h"

enum {
	SEGMENT		= SIPALG_SEGMENT,	/* buckets */
	FIRST_ROOM	= 6,	/* segments that a new directory has room for */
	SPLITS		= 2,	/* at most, for one object */
};

/**
 * struct sipalg_directory - where the buckets are
 * @rcu: once a larger one is in its place
 * @room: entries of @segment
 * @segment: the buckets; those beyond the table's size may be gone
 */
struct sipalg_directory {
	struct rcu_head rcu;
	u32 room;
	struct sipalg_segment *segment[];
};

/* Inlined where every message passes. */
static __always_inline u64 key_of(const struct sipalg_node *n)
{
	return *(const u64 *)(n + 1);
}

static __always_inline u32 hash(const struct sipalg_table *t, u64 key)
{
	return span_fold(key ^ t->seed);
}

/* The highest power of two in @n. */
static __always_inline u32 half_of(u32 n)
{
	return 1U << __fls(n);
}

/* Which of @size buckets is it? */
static __always_inline u32 index_of(u32 h, u32 size)
{
	u32 half = half_of(size);
	u32 i = h & (2 * half - 1);

	return i < size ? i : i - half;
}

static __always_inline struct sipalg_directory *
directory(const struct sipalg_table *t)
{
	return rcu_dereference_check(t->dir, lockdep_is_held(t->lock));
}

static __always_inline struct sipalg_node __rcu **
bucket(const struct sipalg_directory *dir, u32 i)
{
	return &dir->segment[i / SEGMENT]->bucket[i % SEGMENT];
}

static __always_inline struct sipalg_node __rcu **
bucket_of(const struct sipalg_table *t, u64 key)
{
	u32 size = smp_load_acquire(&t->size);	/* before its directory */

	return bucket(directory(t), index_of(hash(t, key), size));
}

static __always_inline struct sipalg_node *
follow(const struct sipalg_table *t, struct sipalg_node __rcu *const *link)
{
	return rcu_dereference_check(*link, lockdep_is_held(t->lock));
}

static __always_inline struct sipalg_node *
find_from(const struct sipalg_table *t, struct sipalg_node __rcu *const *link,
	  u64 key)
{
	struct sipalg_node *n = follow(t, link);

	while (n && key_of(n) != key)
		n = follow(t, &n->next);
	return n;
}

/**
 * sipalg_table_find() - the object with a key, the newest of several
 * @t: table; its lock is held, or RCU
 * @key: key
 *
 * Return: its node or NULL.
 */
struct sipalg_node *sipalg_table_find(const struct sipalg_table *t, u64 key)
{
	struct sipalg_node *n;
	unsigned int seq;

	do {
		seq = read_seqcount_begin(&t->moved);
		n = find_from(t, bucket_of(t, key), key);
	} while (!n && read_seqcount_retry(&t->moved, seq));
	return n;
}

/**
 * sipalg_table_again() - the next object with the same key
 * @t: table
 * @n: node of an object with that key
 *
 * Without the lock one may be missed that is on its way to another bucket.
 *
 * Return: its node or NULL.
 */
struct sipalg_node *sipalg_table_again(const struct sipalg_table *t,
				       const struct sipalg_node *n)
{
	return find_from(t, &n->next, key_of(n));
}

static void free_segment(struct rcu_head *head)
{
	kmem_cache_free(sipalg_cache[SIPALG_CACHE_SEGMENT],
			container_of(head, struct sipalg_segment, rcu));
}

static struct sipalg_segment *make_segment(gfp_t gfp)
{
	struct sipalg_segment *s;

	s = kmem_cache_alloc(sipalg_cache[SIPALG_CACHE_SEGMENT], gfp);
	if (s)
		memset(s->bucket, 0, sizeof(s->bucket));
	return s;
}

/* Room for one more segment, or twice as much. */
static struct sipalg_directory *get_room(struct sipalg_table *t, u32 want)
{
	struct sipalg_directory *old = directory(t), *dir;
	u32 room = 2 * old->room;

	if (want < old->room)
		return old;
	dir = kmalloc(struct_size(dir, segment, room), GFP_ATOMIC);
	if (!dir)
		return NULL;
	dir->room = room;
	memcpy(dir->segment, old->segment,
	       array_size(old->room, sizeof(*old->segment)));
	rcu_assign_pointer(t->dir, dir);
	kfree_rcu(old, rcu);
	return dir;
}

/* A bucket behind the last one. */
static bool extend(struct sipalg_table *t)
{
	struct sipalg_directory *dir;
	struct sipalg_segment *s;

	if (t->size % SEGMENT)
		return true;
	dir = get_room(t, t->size / SEGMENT);
	if (!dir)
		return false;
	s = make_segment(GFP_ATOMIC | __GFP_NOWARN);
	if (!s)
		return false;
	dir->segment[t->size / SEGMENT] = s;	/* seen with the new size */
	return true;
}

/* What belongs there moves from its other half to the bucket behind the last
 * one.
 */
static void split(struct sipalg_table *t)
{
	u32 last = t->size, half = half_of(last);
	struct sipalg_node __rcu **from, **to;
	struct sipalg_node *n;

	if (!extend(t))
		return;
	from = bucket(directory(t), last - half);
	to = bucket(directory(t), last);
	write_seqcount_begin(&t->moved);
	smp_store_release(&t->size, last + 1);	/* behind its directory */
	while ((n = follow(t, from))) {
		if (index_of(hash(t, key_of(n)), last + 1) != last) {
			from = &n->next;
			continue;
		}
		rcu_assign_pointer(*from, follow(t, &n->next));
		rcu_assign_pointer(n->next, follow(t, to));
		rcu_assign_pointer(*to, n);
	}
	write_seqcount_end(&t->moved);
}

/* The last bucket goes; its objects move to its other half. */
static void join(struct sipalg_table *t)
{
	u32 last = t->size - 1, half = half_of(last);
	struct sipalg_node __rcu **from = bucket(directory(t), last);
	struct sipalg_node __rcu **to = bucket(directory(t), last - half);
	struct sipalg_node *n;

	write_seqcount_begin(&t->moved);
	while ((n = follow(t, to)))
		to = &n->next;
	rcu_assign_pointer(*to, follow(t, from));
	RCU_INIT_POINTER(*from, NULL);
	WRITE_ONCE(t->size, last);
	write_seqcount_end(&t->moved);
	if (last % SEGMENT == 0)
		call_rcu(&directory(t)->segment[last / SEGMENT]->rcu,
			 free_segment);
}

static void add_at(struct sipalg_table *t, struct sipalg_node __rcu **head,
		   struct sipalg_node *n)
{
	unsigned int i;

	RCU_INIT_POINTER(n->next, follow(t, head));
	rcu_assign_pointer(*head, n);
	t->count++;
	for (i = 0; i < SPLITS && t->count > t->size && !t->walks; i++)
		split(t);
}

/**
 * sipalg_table_add() - list an object
 * @t: table, locked
 * @n: its node; its key is set, and stays
 */
void sipalg_table_add(struct sipalg_table *t, struct sipalg_node *n)
{
	add_at(t, bucket_of(t, key_of(n)), n);
}

/**
 * sipalg_table_add_only() - list an object whose key no other one may have
 * @t: table, locked
 * @n: its node; its key is set, and stays
 *
 * Return: false when another one has it; then it is not listed.
 */
bool sipalg_table_add_only(struct sipalg_table *t, struct sipalg_node *n)
{
	struct sipalg_node __rcu **head = bucket_of(t, key_of(n));

	if (find_from(t, head, key_of(n)))
		return false;
	add_at(t, head, n);
	return true;
}

/**
 * sipalg_table_del() - an object is no longer listed
 * @t: table, locked
 * @n: its node, which readers may hold for an RCU grace period
 */
void sipalg_table_del(struct sipalg_table *t, struct sipalg_node *n)
{
	struct sipalg_node __rcu **link = bucket_of(t, key_of(n));
	struct sipalg_node *at;

	while ((at = follow(t, link)) != n)
		link = &at->next;
	rcu_assign_pointer(*link, follow(t, &n->next));
	t->count--;
	if (t->count < t->size / 4 && t->size > SEGMENT && !t->walks)
		join(t);
}

/**
 * sipalg_table_at() - the object at a place, or the first one behind it
 * @t: table, locked
 * @at: where to look, from {0, 0} on; out: where it is
 *
 * Between two calls the table may change: then some objects may be missed.
 *
 * Return: its node or NULL.
 */
struct sipalg_node *sipalg_table_at(const struct sipalg_table *t,
				    struct sipalg_place *at)
{
	struct sipalg_node *n;
	u32 i;

	for (; at->bucket < t->size; at->bucket++, at->nth = 0) {
		n = follow(t, bucket(directory(t), at->bucket));
		for (i = 0; n && i < at->nth; i++)
			n = follow(t, &n->next);
		if (n)
			return n;
	}
	return NULL;
}

static unsigned int each_of(struct sipalg_table *t, u32 i,
			    bool (*fn)(struct sipalg_node *n, void *data),
			    void *data)
{
	struct sipalg_node *n = follow(t, bucket(directory(t), i)), *next;
	unsigned int count = 0;

	for (; n; n = next) {
		next = follow(t, &n->next);
		count += fn(n, data);
	}
	return count;
}

/**
 * sipalg_table_each() - do something with every object
 * @t: table, not locked; process context
 * @fn: called under the lock, which is given back between two buckets; may
 *	end this object, and no other one
 * @data: for @fn
 *
 * Return: how often @fn said true.
 */
unsigned int sipalg_table_each(struct sipalg_table *t,
			       bool (*fn)(struct sipalg_node *n, void *data),
			       void *data)
{
	unsigned int count = 0;
	u32 i, size;

	spin_lock_bh(t->lock);
	t->walks++;
	size = t->size;
	for (i = 0; i < size; i++) {
		count += each_of(t, i, fn, data);
		spin_unlock_bh(t->lock);
		cond_resched();
		spin_lock_bh(t->lock);
	}
	t->walks--;
	spin_unlock_bh(t->lock);
	return count;
}

/**
 * sipalg_table_init() - an empty table
 * @t: table
 * @lock: what will protect it
 *
 * Return: 0 or -ENOMEM.
 */
int sipalg_table_init(struct sipalg_table *t, spinlock_t *lock)
{
	struct sipalg_directory *dir;

	dir = kmalloc(struct_size(dir, segment, FIRST_ROOM), GFP_KERNEL);
	if (!dir)
		return -ENOMEM;
	dir->room = FIRST_ROOM;
	dir->segment[0] = make_segment(GFP_KERNEL);
	if (!dir->segment[0]) {
		kfree(dir);
		return -ENOMEM;
	}
	t->size = SEGMENT;
	t->count = 0;
	t->walks = 0;
	t->lock = lock;
	seqcount_spinlock_init(&t->moved, lock);
	get_random_bytes(&t->seed, sizeof(t->seed));
	RCU_INIT_POINTER(t->dir, dir);
	return 0;
}

/* Empty, and nobody reads it any more. */
void sipalg_table_exit(struct sipalg_table *t)
{
	struct sipalg_directory *dir = rcu_dereference_protected(t->dir, true);
	u32 i;

	for (i = 0; i < DIV_ROUND_UP(t->size, SEGMENT); i++)
		kmem_cache_free(sipalg_cache[SIPALG_CACHE_SEGMENT],
				dir->segment[i]);
	kfree(dir);
}
