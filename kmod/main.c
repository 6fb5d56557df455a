// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - brings the module up and takes it down, in reverse.
 *
 * Nothing else belongs here. After loading, no packet of any namespace meets
 * a hook of ours until somebody enables it there (law 10).
 */
#include <linux/init.h>
#include <linux/module.h>

#include "config.h"
#include "sipalg.h"

static int __init sipalg_init(void)
{
	int err;

	err = sipalg_cache_init();
	if (err)
		return err;
	err = sipalg_netns_init();
	if (err)
		goto cache;
	err = sipalg_pinhole_init();
	if (err)
		goto netns;
	err = sipalg_config_init();
	if (err)
		goto pinhole;
	err = sipalg_genl_init();
	if (err)
		goto config;
	return 0;

config:
	sipalg_config_exit();
pinhole:
	sipalg_pinhole_stop();
	sipalg_netns_exit();
	sipalg_pinhole_exit();
	goto cache;
netns:
	sipalg_netns_exit();
cache:
	sipalg_cache_exit();
	return err;
}

/*
 * First nobody can enable a namespace or restore an expectation any more,
 * then no hook of ours runs, then no conntrack has our helper, then nothing
 * is left that a timer or an RCU callback could still free.
 */
static void __exit sipalg_exit(void)
{
	sipalg_genl_exit();
	sipalg_config_exit();
	sipalg_pinhole_stop();
	sipalg_netns_exit();
	sipalg_pinhole_exit();
	rcu_barrier();
	sipalg_cache_exit();
}

module_init(sipalg_init);
module_exit(sipalg_exit);

MODULE_DESCRIPTION("SIP application-level gateway");
MODULE_LICENSE("GPL");
MODULE_VERSION(SIPALG_VERSION);
MODULE_ALIAS("nf_conntrack_sipalg");
MODULE_ALIAS("ip_conntrack_sipalg");
MODULE_ALIAS("nfct-helper-sipalg");
