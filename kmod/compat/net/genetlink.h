/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * net/genetlink.h - the kernel's own, and what older ones lack.
 */
#ifndef SIPALG_COMPAT_NET_GENETLINK_H
#define SIPALG_COMPAT_NET_GENETLINK_H

#include_next <net/genetlink.h>

/* before 6.7 and its backports, groups had the flags of requests */
#ifndef GENL_MCAST_CAP_NET_ADMIN
#define GENL_MCAST_CAP_NET_ADMIN	GENL_UNS_ADMIN_PERM
#endif

#endif /* SIPALG_COMPAT_NET_GENETLINK_H */
