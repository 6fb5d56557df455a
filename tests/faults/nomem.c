// SPDX-License-Identifier: GPL-2.0-only
/*
 * nomem.c - a module for the tests: allocations that sipalg asks for fail.
 *
 * Stands beside sipalg.ko, so that what is tested is what is shipped, on a
 * kernel without FAILSLAB too. A probe at the entry of every slab allocator
 * looks for sipalg's text on the stack and lets the n-th such call return
 * NULL. tests/netns/rows_full.py drives it by /sys/module/nomem/parameters.
 * It must never fail an allocation that sipalg is not waiting for.
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/spinlock.h>
#include <linux/stacktrace.h>

enum { NOMEM_DEPTH = 32 };	/* frames from an allocator up to sipalg */

static unsigned long start;
module_param(start, ulong, 0644);
MODULE_PARM_DESC(start, "address of sipalg's text");

static unsigned long size;
module_param(size, ulong, 0644);
MODULE_PARM_DESC(size, "bytes of it");

static unsigned int nth;
module_param(nth, uint, 0644);
MODULE_PARM_DESC(nth, "the allocation to fail, from 1; 0 = none");

static bool onwards;
module_param(onwards, bool, 0644);
MODULE_PARM_DESC(onwards, "all behind it fail too");

static unsigned int seen;
module_param(seen, uint, 0644);
MODULE_PARM_DESC(seen, "allocations of sipalg's since it was set to 0");

static unsigned int failed;
module_param(failed, uint, 0644);
MODULE_PARM_DESC(failed, "how many of them failed");

static DEFINE_RAW_SPINLOCK(lock);

static bool is_ours(void)
{
	unsigned long frames[NOMEM_DEPTH];
	unsigned int i, n;

	n = stack_trace_save(frames, ARRAY_SIZE(frames), 0);
	for (i = 0; i < n; i++)
		if (frames[i] - start < size)
			return true;
	return false;
}

static bool fails(void)
{
	unsigned long flags;
	bool hit;

	raw_spin_lock_irqsave(&lock, flags);
	seen++;
	hit = onwards ? seen >= nth : seen == nth;
	failed += hit;
	raw_spin_unlock_irqrestore(&lock, flags);
	return hit;
}

/* Jumped to at the entry of an allocator: returns to who called that. */
static noinline notrace void give_nothing(void)
{
}

static int enter(struct kprobe *p, struct pt_regs *regs)
{
	if (!READ_ONCE(nth) || !is_ours() || !fails())
		return 0;
	regs_set_return_value(regs, 0);
	instruction_pointer_set(regs, (unsigned long)give_nothing);
	return 1;
}

/* A probe without it may become a jump, which heeds no other address. */
static void after(struct kprobe *p, struct pt_regs *regs, unsigned long flags)
{
}

/* Every name that some kernel has; at least one of each kind is there. */
static struct kprobe probes[] = {
	{ .symbol_name = "kmem_cache_alloc" },
	{ .symbol_name = "kmem_cache_alloc_noprof" },
	{ .symbol_name = "kmem_cache_alloc_node" },
	{ .symbol_name = "kmem_cache_alloc_node_noprof" },
	{ .symbol_name = "kmalloc_trace" },
	{ .symbol_name = "kmalloc_trace_noprof" },
	{ .symbol_name = "__kmalloc_cache_noprof" },
	{ .symbol_name = "__kmalloc" },
	{ .symbol_name = "__kmalloc_noprof" },
	{ .symbol_name = "__kmalloc_track_caller" },
	{ .symbol_name = "__kmalloc_node_track_caller" },
	{ .symbol_name = "__kmalloc_node_track_caller_noprof" },
};

static unsigned long listed;	/* bit n: probes[n] is registered */

static void __exit nomem_exit(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(probes); i++)
		if (listed & BIT(i))
			unregister_kprobe(&probes[i]);
}

static int __init nomem_init(void)
{
	unsigned int i;
	int err;

	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		probes[i].pre_handler = enter;
		probes[i].post_handler = after;
		err = register_kprobe(&probes[i]);
		if (!err)
			listed |= BIT(i);
		else
			pr_debug("%s: %d\n", probes[i].symbol_name, err);
	}
	return listed ? 0 : -ENOENT;
}

module_init(nomem_init);
module_exit(nomem_exit);

MODULE_DESCRIPTION("allocations that sipalg asks for fail, for its tests");
MODULE_LICENSE("GPL");
