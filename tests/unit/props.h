/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * props.h - what has to hold for every message whatever it says: the laws of
 * the core as checks on a finished run. Golden cases, corpora and the fuzz
 * target share them.
 */
#ifndef SIPALG_TESTS_PROPS_H
#define SIPALG_TESTS_PROPS_H

#include "fakehost.h"

/**
 * props_output() - the message as it leaves
 * @ctx: after alg_run()
 * @pkt: its message
 * @out: where to; @size: room there
 *
 * Return: its length; 0 when it did not fit.
 */
size_t props_output(const struct alg_ctx *ctx, const struct alg_pkt *pkt,
		    char *out, size_t size);

/**
 * props_check() - the laws, on a finished run
 * @ctx: after fakehost_run()
 * @fh: the host after it; @before: the host before it
 *
 * Return: NULL, or the law that is broken in words.
 */
const char *props_check(const struct alg_ctx *ctx, const struct fakehost *fh,
			const struct fakehost *before);

#endif /* SIPALG_TESTS_PROPS_H */
