/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * export.h - what `export` prints for packet filters.
 */
#ifndef SIPALGCTL_EXPORT_H
#define SIPALGCTL_EXPORT_H

struct doctor;

/* @rtp: the setting rtp-ports, "16384-65535" */
void export_nft(struct doctor *d, const char *rtp);
void export_iptables(struct doctor *d, const char *rtp);

#endif /* SIPALGCTL_EXPORT_H */
