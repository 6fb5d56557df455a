/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tunable.h - the values that `sipalgctl set KEY VALUE` changes.
 *
 * One struct a network namespace. Packet paths read a field with READ_ONCE(),
 * or through the inlines below; the writers are sipalg_tunable_set() and _swap(). Every
 * field is one u32, so that a reader never sees half a change.
 */
#ifndef SIPALG_TUNABLE_H
#define SIPALG_TUNABLE_H

#include "port.h"

struct netlink_ext_ack;
struct nlattr;

enum sipalg_reg_source {
	SIPALG_SOURCE_ANY,		/* any proxy may call a registered phone */
	SIPALG_SOURCE_REGISTRAR,	/* only the one it registered with */
};

/**
 * struct sipalg_tunables - the settings of one network namespace
 * @reg_source: enum sipalg_reg_source
 * @max_regs: registrations in the namespace
 * @max_regs_per_host: registrations of one LAN address
 * @max_calls: dialogs in the namespace
 * @max_calls_per_host: dialogs of one LAN address
 * @rtp_ports: first port << 16 | last port, see sipalg_rtp_first()
 * @media_timeout: seconds from the answer that an unused pinhole lives
 * @reg_grace: seconds that a binding lives beyond the granted Expires
 * @accounting: 1: media flows get the conntrack accounting extension
 */
struct sipalg_tunables {
	u32 reg_source;
	u32 max_regs;
	u32 max_regs_per_host;
	u32 max_calls;
	u32 max_calls_per_host;
	u32 rtp_ports;
	u32 media_timeout;
	u32 reg_grace;
	u32 accounting;
};

/* Both halves of a range, from one read of @rtp_ports. */
static inline u16 sipalg_rtp_first(u32 rtp_ports)
{
	return rtp_ports >> 16;
}

static inline u16 sipalg_rtp_last(u32 rtp_ports)
{
	return rtp_ports & 0xffff;
}

/* longest text of a value, with its NUL */
#define SIPALG_TUNABLE_TEXT	32

/**
 * sipalg_tunables_init() - every setting at its default
 * @t: settings of a namespace that nobody else can see yet
 */
void sipalg_tunables_init(struct sipalg_tunables *t);

/**
 * sipalg_tunables_swap() - exchange all settings of two
 * @a: settings of a namespace
 * @b: settings that nobody else can see
 */
void sipalg_tunables_swap(struct sipalg_tunables *a,
			  struct sipalg_tunables *b);

/**
 * sipalg_tunable_set() - change one setting, effective at once
 * @t: settings of the namespace
 * @key: string attribute, the name
 * @value: string attribute, the new value
 * @trusted: the namespace is the machine's own; a container's may not raise
 *	a limit above its default, its memory is everybody's
 * @extack: says what is wrong and which attribute it is
 *
 * Return: 1 if the value is another than before, 0 if it is the same,
 * -ENOENT for an unknown key, -EINVAL for a value that is not text of the
 * right kind, -ERANGE outside its limits or as @trusted says. Nothing changed
 * on an error.
 */
int sipalg_tunable_set(struct sipalg_tunables *t, const struct nlattr *key,
		       const struct nlattr *value, bool trusted,
		       struct netlink_ext_ack *extack);

/**
 * sipalg_tunable_show() - one setting as text
 * @t: settings of the namespace
 * @index: from 0
 * @text: out, SIPALG_TUNABLE_TEXT bytes: the value as `set` takes it
 * @initial: out: its default, a constant
 *
 * Return: the setting's name, or NULL behind the last one.
 */
const char *sipalg_tunable_show(const struct sipalg_tunables *t,
				unsigned int index, char *text,
				const char **initial);

#endif /* SIPALG_TUNABLE_H */
