/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hostile.h - messages that are made to be slow: each kind in any size.
 * Unit tests look at what the core decides, the bench at what it costs.
 */
#ifndef SIPALG_TESTS_HOSTILE_H
#define SIPALG_TESTS_HOSTILE_H

#include <stddef.h>

/*
 * HOSTILE_LINES	a description of the shortest lines there are
 * HOSTILE_ATTRS	a description of attributes that nearly are ours
 * HOSTILE_HEADERS	headers of two bytes, beyond any limit
 * HOSTILE_CONTACTS	one Contact after another, each ours
 * HOSTILE_COMMAS	a Route of nothing but commas and blanks
 * HOSTILE_QUOTES	a Contact of quotes that open and close
 * HOSTILE_FOLDED	a Contact folded after every byte
 * HOSTILE_PARAMS	a Via of empty parameters
 * HOSTILE_MEDIA	m= lines, each ours
 * HOSTILE_CANDIDATES	candidates, each ours
 * HOSTILE_PARTS	a multipart of empty parts
 * HOSTILE_BOUNDARY	a multipart that is all nearly boundary
 * HOSTILE_VALUE	one header with an endless value
 */
enum hostile_kind {
	HOSTILE_LINES,
	HOSTILE_ATTRS,
	HOSTILE_HEADERS,
	HOSTILE_CONTACTS,
	HOSTILE_COMMAS,
	HOSTILE_QUOTES,
	HOSTILE_FOLDED,
	HOSTILE_PARAMS,
	HOSTILE_MEDIA,
	HOSTILE_CANDIDATES,
	HOSTILE_PARTS,
	HOSTILE_BOUNDARY,
	HOSTILE_VALUE,
	HOSTILE_KINDS,
};

/** hostile_name() - a word for tables */
const char *hostile_name(enum hostile_kind kind);

/**
 * hostile_make() - an INVITE of the LAN phone's with something hostile in it
 * @size: bytes of that, as many as make whole pieces; 0 leaves the frame
 * @out: room for @size + 1024 bytes
 *
 * Return: its length.
 */
size_t hostile_make(enum hostile_kind kind, size_t size, char *out);

#endif /* SIPALG_TESTS_HOSTILE_H */
