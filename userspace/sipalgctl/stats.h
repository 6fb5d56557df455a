/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stats.h - the counters, for `stats` and `status`.
 */
#ifndef SIPALGCTL_STATS_H
#define SIPALGCTL_STATS_H

#include <jansson.h>

struct ctl;

int stats_read(struct ctl *ctl, json_t **counters);

#endif /* SIPALGCTL_STATS_H */
