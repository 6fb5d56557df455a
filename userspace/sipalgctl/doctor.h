/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * doctor.h - what the checks of `doctor` share.
 *
 * A check looks at one thing and says it once, with doctor_ok(), doctor_warn()
 * or doctor_fail(); before the latter two it names the commands that mend it,
 * with fix_*(). The facts that several checks need are read once, before.
 */
#ifndef SIPALGCTL_DOCTOR_H
#define SIPALGCTL_DOCTOR_H

#include <net/if.h>

#include <jansson.h>

#include "ctl.h"
#include "fw.h"

enum {
	DOCTOR_DEVS	= 16,
	DOCTOR_PORTS	= 16,
};

/* Ports on which SIP is inspected. */
struct port_list {
	unsigned int n;
	uint16_t port[DOCTOR_PORTS];
};

/* Devices by name. */
struct dev_list {
	unsigned int n;
	char name[DOCTOR_DEVS][IF_NAMESIZE];
};

/**
 * struct doctor - one examination
 * @ctl: options
 * @netns: name of the namespace, NULL for the one we are in
 * @check: name of the check at work
 * @checks: array: what was found
 * @problems: how many of them are not ok
 * @fix: commands so far, or NULL
 * @loaded: the module answers
 * @enabled: it helps here
 * @version: of the module, "" if not known
 * @pinholes: media pinholes that are open
 * @regs: registrations
 * @udp: ports on which SIP is inspected; 5060 without the module
 * @tcp: likewise
 * @wan: devices with a default route
 * @lan: the other devices, those with private addresses first choice
 * @fw: the admin's rules
 */
struct doctor {
	struct ctl *ctl;
	const char *netns;
	const char *check;
	json_t *checks;
	unsigned int problems;
	char *fix;
	bool loaded;
	bool enabled;
	char version[32];
	uint32_t pinholes;
	uint32_t regs;
	struct port_list udp;
	struct port_list tcp;
	struct dev_list wan;
	struct dev_list lan;
	struct fw fw;
};

/* One command of the mend: in the namespace, anywhere, sipalgctl's own. */
void fix_here(struct doctor *d, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void fix_global(struct doctor *d, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void fix_ctl(struct doctor *d, const char *command);

void doctor_ok(struct doctor *d, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void doctor_warn(struct doctor *d, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void doctor_fail(struct doctor *d, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* doctor_facts.c: fills what stands in struct doctor */
int doctor_facts(struct doctor *d);
/* "5060" or "{ 5060, 5080 }" of nft, "5060,5080" of iptables */
void ports_nft(const struct port_list *ports, char *text, size_t size);
void ports_ipt(const struct port_list *ports, char *text, size_t size);

/* doctor_dev.c */
void doctor_devices(struct doctor *d);
bool dev_address(const char *dev, char *text, size_t size);

/* doctor_module.c */
void check_module(struct doctor *d);
void check_version(struct doctor *d);
void check_enabled(struct doctor *d);
void check_config(struct doctor *d);

/* doctor_kernel.c */
void check_ip_forward(struct doctor *d);
void check_rp_filter(struct doctor *d);
void check_expect_limit(struct doctor *d);
void check_conntrack_limit(struct doctor *d);
void check_udp_timeout(struct doctor *d);

/* doctor_policy.c */
void check_masquerade(struct doctor *d);
void check_forward_accept(struct doctor *d);
void check_outbound_policy(struct doctor *d);

/* doctor_others.c */
void check_helper_conflict(struct doctor *d);
void check_flowtable(struct doctor *d);
void check_upnp(struct doctor *d);

/* doctor_flows.c */
/* UDP flows that carry the helper "sip"; @dport: the port of one of them. */
unsigned int flows_with_sip_helper(uint16_t *dport);

#endif /* SIPALGCTL_DOCTOR_H */
