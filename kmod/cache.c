// SPDX-License-Identifier: GPL-2.0-only
/*
 * cache.c - where the module's objects come from.
 *
 * One cache a kind, so that no size is rounded up. All of them are set up in
 * full when they are made: with a constructor, and be it an empty one, the
 * allocator does not clear them beforehand.
 */
#include <linux/slab.h>

#include "sipalg.h"

struct kmem_cache *sipalg_cache[SIPALG_CACHES];

static void leave_it(void *object)
{
}

#define REG(n)								       \
	{ "sipalg_reg" #n, offsetof(struct sipalg_reg, text) +		       \
			   SIPALG_REG_ROOM + (n) * SIPALG_REG_STEP }

static const struct {
	const char *name;
	unsigned int size;
} kinds[SIPALG_CACHES] = {
	[SIPALG_CACHE_SIP] = {
		"sipalg_sip", offsetof(struct sipalg_binding, exp) },
	[SIPALG_CACHE_PORT] = {
		"sipalg_port", sizeof(struct sipalg_binding) },
	[SIPALG_CACHE_PAIR] = {
		"sipalg_pair", 2 * sizeof(struct sipalg_binding) },
	[SIPALG_CACHE_FLOW] = { "sipalg_flow", sizeof(struct sipalg_flow) },
	[SIPALG_CACHE_REG] = REG(0),
	[SIPALG_CACHE_REG + 1] = REG(1),
	[SIPALG_CACHE_REG + 2] = REG(2),
	[SIPALG_CACHE_REG + 3] = REG(3),
	[SIPALG_CACHE_REG + 4] = REG(4),
	[SIPALG_CACHE_REG + 5] = REG(5),
	[SIPALG_CACHE_REG + 6] = REG(6),
	[SIPALG_CACHE_CALL] = { "sipalg_call", sizeof(struct sipalg_call) },
	[SIPALG_CACHE_MEDIA] = { "sipalg_media", sizeof(struct sipalg_media) },
	[SIPALG_CACHE_SEGMENT] = {
		"sipalg_segment", sizeof(struct sipalg_segment) },
};

int sipalg_cache_init(void)
{
	unsigned int i;

	for (i = 0; i < SIPALG_CACHES; i++) {
		sipalg_cache[i] = kmem_cache_create(kinds[i].name,
						    kinds[i].size, sizeof(u64),
						    0, leave_it);
		if (!sipalg_cache[i]) {
			sipalg_cache_exit();
			return -ENOMEM;
		}
	}
	return 0;
}

/* Every object is freed. */
void sipalg_cache_exit(void)
{
	unsigned int i;

	for (i = 0; i < SIPALG_CACHES; i++)
		kmem_cache_destroy(sipalg_cache[i]);
}
