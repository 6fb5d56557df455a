/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * text.h - addresses as words, files as bytes, input that ends at an
 * unreadable page. What every test of the core needs and no test is about.
 */
#ifndef SIPALG_TESTS_TEXT_H
#define SIPALG_TESTS_TEXT_H

#include <stdio.h>
#include "alg.h"

/**
 * text_ep() - "192.168.1.10:5060" or "[2001:db8::1]:5060" to an endpoint
 *
 * Return: the endpoint; family 0 when @s is none.
 */
struct alg_ep text_ep(const char *s);

/** text_ep_str() - the reverse, in one of eight rotating static buffers */
const char *text_ep_str(const struct alg_ep *ep);

/** text_pkt() - the test topology: LAN .10, WAN 45.0.2.2, peer 52.0.0.10 */
struct alg_pkt text_pkt(enum alg_dir dir, const char *data, size_t len);

/** text_errno() - "ENOSPC" to -ENOSPC; 0 when unknown */
int text_errno(const char *name);

/**
 * text_file() - a whole file with a 0 byte after it
 *
 * Return: malloc'ed bytes, NULL with errno.
 */
char *text_file(const char *path, size_t *len);

/** text_room() - malloc() that ends the program when there is no memory */
char *text_room(size_t size);

/** text_show() - bytes for people: CRLF as line ends, controls as \xHH */
void text_show(FILE *f, const char *data, size_t len, const char *prefix);

/** text_root() - the project's root, from where the binary stands */
const char *text_root(void);

/** guard_room() - @len bytes of 0 that end at an unreadable page */
char *guard_room(size_t len);

/** guard_copy() - a copy whose last byte is followed by an unreadable page */
char *guard_copy(const void *data, size_t len);

/** guard_free() - frees what guard_room() or guard_copy() gave for @len bytes */
void guard_free(char *copy, size_t len);

/** guard_buf() - a guarded buffer of a C string, for the parsers */
struct sip_buf guard_buf(const char *text);

/** guard_buf_free() - frees what guard_buf() gave */
void guard_buf_free(struct sip_buf *b);

/** guard_all() - the span of a whole buffer */
struct span guard_all(const struct sip_buf *b);

/** text_span() - a span as C string in a rotating buffer; "-" when absent */
const char *text_span(const struct sip_buf *b, struct span s);

#endif /* SIPALG_TESTS_TEXT_H */
