/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * laws.h - what the fuzz targets share: how a broken law ends a run, bytes
 * that ASan guards, addresses, and laws that need no knowledge of a message.
 */
#ifndef SIPALG_TESTS_LAWS_H
#define SIPALG_TESTS_LAWS_H

#include "fakehost.h"

/** law() - ends the program, with these words, unless it holds */
void law(bool holds, const char *words);

/** laws_copy() - @size bytes in memory of their own; free() them */
char *laws_copy(const void *data, size_t size);

/** laws_inside() - is @inner a part of @outer? An absent one always is. */
bool laws_inside(struct span inner, struct span outer);

/** laws_ep() - an IPv4 endpoint of four numbers and a port */
struct alg_ep laws_ep(u8 a, u8 b, u8 c, u8 d, u16 port);

/** laws_pkt() - the test topology: LAN .10, WAN 45.0.2.2, peer 52.0.0.10 */
struct alg_pkt laws_pkt(const char *data, size_t len, enum alg_dir dir);

/**
 * laws_run() - one message through alg_run(), and every law after it
 * @fh: the host; @ctx: context, with ALG_CTX_NOTES or without
 * @pkt: the message, its bytes in memory of their own
 * @who: what to say of the message when a law is broken
 */
void laws_run(struct fakehost *fh, struct alg_ctx *ctx,
	      struct alg_pkt *pkt, const char *who);

#endif /* SIPALG_TESTS_LAWS_H */
