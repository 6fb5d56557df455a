/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rows.h - messages of the kernel as JSON objects, with the keys that scripts
 * rely on. `show` and `monitor` share them.
 */
#ifndef SIPALGCTL_ROWS_H
#define SIPALGCTL_ROWS_H

#include "out.h"

json_t *row_port(const struct nlmsghdr *nlh);
json_t *row_localnet(const struct nlmsghdr *nlh);
json_t *row_host(const struct nlmsghdr *nlh);
json_t *row_reg(const struct nlmsghdr *nlh);
json_t *row_call(const struct nlmsghdr *nlh);
json_t *row_media(const struct nlmsghdr *nlh);

/* of enum sipalg_mode; NULL for a number that this version does not know */
const char *mode_name(unsigned int mode);

/* Single attributes; an absent one is null. */
json_t *row_string(const struct nlattr *attr);
json_t *row_u32(const struct nlattr *attr);
json_t *row_u64(const struct nlattr *attr);
/* of a setting: numbers as numbers, words and ranges as strings */
json_t *row_value(const struct nlattr *attr);
/* "ADDR:PORT", IPv6 in brackets; null for no address */
json_t *row_endpoint(const struct nlattr *nest);

#endif /* SIPALGCTL_ROWS_H */
