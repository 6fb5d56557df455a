/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * golden.h - a golden case: one file that shows messages as a difference
 * between what comes in and what has to leave, and what else has to happen.
 * The format is described in golden/README.
 */
#ifndef SIPALG_TESTS_GOLDEN_H
#define SIPALG_TESTS_GOLDEN_H

#include "fakehost.h"

enum { GOLD_TEXT_MAX = 70000 };

/** struct gold_buf - text that grows up to a limit */
struct gold_buf {
	char data[GOLD_TEXT_MAX];
	size_t len;
};

/* Facts that are compared only where a case asks for them with `also`. */
enum gold_also {
	GOLD_KEPT	= 1 << 0,
	GOLD_EDITS	= 1 << 1,
	GOLD_BINDS	= 1 << 2,
	GOLD_STATE	= 1 << 3,
	GOLD_NAMES	= 1 << 4,
	GOLD_ASKS	= 1 << 5,
};

/**
 * struct gold - a case file while it is played
 * @line: of the line in hand; @msg_line: where the message in hand began
 * @in: the message that comes; @want: what has to leave
 * @facts: the expected `>` lines of this message
 * @got: what left
 */
struct gold {
	const char *path;
	const char *name;
	unsigned int line;
	unsigned int msg_line;
	struct fakehost fh;
	struct alg_ep lan, wan, peer;
	unsigned int also;
	u8 dir;
	u8 proto;
	bool collecting;
	bool failed;
	struct gold_buf in, want, facts, got, said;
	struct alg_ctx ctx;
};

/**
 * gold_play() - play one file; prints what differs
 *
 * Return: true if every message came out as the file says.
 */
bool gold_play(struct gold *g, const char *path, const char *name);

/** gold_directive() - one line that is not part of a message's text */
bool gold_directive(struct gold *g, char *line);

/** gold_add_line() - one `|`, `-` or `+` line of a message */
bool gold_add_line(struct gold *g, const char *line);

/** gold_set_lengths() - puts the body's size for {len} */
void gold_set_lengths(struct gold_buf *buf);

/** gold_facts() - what the run did, as `>` lines without the mark */
void gold_facts(struct gold *g, struct gold_buf *out);

__attribute__((format(printf, 2, 3)))
void gold_printf(struct gold_buf *buf, const char *fmt, ...);

/** gold_error() - a fault of the case file itself; marks the case failed */
__attribute__((format(printf, 2, 3)))
void gold_error(struct gold *g, const char *fmt, ...);

#endif /* SIPALG_TESTS_GOLDEN_H */
