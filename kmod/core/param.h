/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * param.h - one ;name=value after another.
 *
 * For Via, name-addr and URI parameters and for MIME parameters. Values may
 * be missing or quoted; a ';' inside quotes separates nothing.
 */
#ifndef SIPALG_CORE_PARAM_H
#define SIPALG_CORE_PARAM_H

#include "span.h"

/**
 * struct sip_param - one parameter
 * @name: its name
 * @value: its value with quotes, {0, 0} when it has none
 */
struct sip_param {
	struct span name;
	struct span value;
};

/**
 * sip_param_next() - the next parameter of a list
 * @b: the message
 * @list: from the first ';' (or the first name) to the end
 * @pos: offset to go on from; start with list.off
 * @param: result
 *
 * Return: false at the end of the list.
 */
bool sip_param_next(const struct sip_buf *b, struct span list, u32 *pos,
		    struct sip_param *param);

/**
 * sip_param_find() - value of the first parameter with this name
 * @b: the message
 * @list: parameters
 * @name: lower case, ends with NUL
 *
 * Return: its value, {0, 0} when it is not there or has none.
 */
struct span sip_param_find(const struct sip_buf *b, struct span list,
			   const char *name);

#endif /* SIPALG_CORE_PARAM_H */
