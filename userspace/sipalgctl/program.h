/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * program.h - runs another program and keeps what it says.
 *
 * doctor.c asks nft, iptables-save and modprobe. No shell stands between.
 */
#ifndef SIPALGCTL_PROGRAM_H
#define SIPALGCTL_PROGRAM_H

enum {
	PROGRAM_ABSENT	= 127,	/* exit status: there is no such program */
};

/**
 * struct program - what came of it
 * @status: its exit status, PROGRAM_ABSENT, or -1 when it could not run
 * @out: stdout, never NULL
 * @err: stderr, never NULL
 */
struct program {
	int status;
	char *out;
	char *err;
};

/* Runs @argv, found in PATH and the usual places; program_free() the result. */
void program_run(struct program *p, const char *const *argv);
void program_free(struct program *p);

#endif /* SIPALGCTL_PROGRAM_H */
