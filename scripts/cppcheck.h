/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The macros of the kernel, libmnl and jansson that shape the code,
 * for cppcheck alone: it reads the sources without their headers.
 */
void *next_of(void *pos, const void *head);

#define EACH(pos, head) \
	for (pos = next_of(0, head); pos; pos = next_of(pos, head))

#define json_object_foreach(object, key, value)			\
	for (key = next_of(0, object), value = next_of(0, key);	\
	     key; key = next_of(key, object), value = next_of(value, key))
#define mnl_attr_for_each(attr, head, offset)		EACH(attr, head)
#define mnl_attr_for_each_nested(attr, head)		EACH(attr, head)

#ifdef __KERNEL__
#define __init
#define __exit
#define __rcu
#define __percpu
#define __must_check
#define __read_mostly
#define __net_init
#define __net_exit
#define module_init(f)		int init_module(void) { return f(); }
#define module_exit(f)		void cleanup_module(void) { f(); }
#define MODULE_LICENSE(s)
#define MODULE_AUTHOR(s)
#define MODULE_DESCRIPTION(s)
#define MODULE_VERSION(s)
#define MODULE_ALIAS(s)
#define MODULE_ALIAS_NFCT_HELPER(s)
#define MODULE_ALIAS_GENL_FAMILY(s)

#define for_each_set_bit(bit, map, size) \
	for ((bit) = 0; (bit) < (size); (bit) += (map)[0])
#define for_each_possible_cpu(cpu)	for ((cpu) = 0; (cpu) < 4; (cpu)++)
#define rhl_for_each_entry_rcu(pos, node, list, member) \
	for (node = (list), pos = next_of(0, node); pos; \
	     pos = next_of(pos, node))
#define hash_for_each_possible_rcu(h, pos, member, key)	EACH(pos, h)
#define list_for_each_entry(pos, head, member)		EACH(pos, head)
#define list_for_each_entry_rcu(pos, head, ...)		EACH(pos, head)
#define list_for_each_entry_safe(pos, n, head, member) \
	for (pos = next_of(0, head), n = pos; pos; pos = n)
#define hlist_for_each_entry(pos, head, member)		EACH(pos, head)
#define hlist_for_each_entry_rcu(pos, head, ...)	EACH(pos, head)
#define hlist_for_each_entry_safe(pos, n, head, member) \
	for (pos = next_of(0, head), n = pos; pos; pos = n)
#define nla_for_each_nested(pos, head, rem) \
	for (pos = next_of(0, head), rem = 1; pos; pos = next_of(pos, head))
#endif
