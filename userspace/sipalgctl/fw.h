/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fw.h - the admin's packet filter and NAT rules, and what they would do to a
 * packet.
 *
 * fw.c reads them: nft's own as `nft -j list ruleset` prints them, those of
 * iptables translated into the same JSON (fw_ipt.c). fw_match.c says whether
 * one expression matches, fw_walk.c walks the chains. What cannot be known (an
 * address, a mark, a rate) counts in the rules' favour: they are never said to
 * block what they might let through.
 */
#ifndef SIPALGCTL_FW_H
#define SIPALGCTL_FW_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

/**
 * struct fw - all rules of the network namespace
 * @objects: tables, chains, sets and rules, as nft lists them; of iptables
 *	with "family" and "tool" the program's name, "text" the rule
 * @rules: { "FAMILY TABLE CHAIN": [rule...] }
 * @readable: at least one program could be asked
 */
struct fw {
	json_t *objects;
	json_t *rules;
	bool readable;
};

enum fw_tri { FW_NO, FW_MAYBE, FW_YES };

/**
 * struct fw_packet - an IPv4 UDP packet, as far as it is known
 * @iif: device it came by, NULL if unknown
 * @oif: device it leaves by, NULL if unknown
 * @state: of its conntrack: new, established or related
 * @sport: source port, host byte order, 0 if unknown
 * @dport: destination port, likewise
 * @dnat: its destination was translated
 */
struct fw_packet {
	const char *iif;
	const char *oif;
	const char *state;
	uint16_t sport;
	uint16_t dport;
	bool dnat;
};

void fw_read(struct fw *fw);
void fw_free(struct fw *fw);
/* the rules of a chain, NULL if there are none */
const json_t *fw_chain_rules(const struct fw *fw, const json_t *rule,
			     const char *chain);
/* a string of an object, "" if it is not there */
const char *fw_get(const json_t *object, const char *key);
/* chains and rules of IPv4, of nft or iptables */
bool fw_is_ip4(const json_t *object);

/* fw_ipt.c: adds chains and rules of `TOOL-save`'s output */
void fw_ipt_read(json_t *objects, const char *tool, const char *text);

/* fw_match.c */
enum fw_tri fw_match(const struct fw *fw, const json_t *rule,
		     const json_t *match, const struct fw_packet *packet);
enum fw_tri fw_equal(const struct fw *fw, const json_t *rule,
		     const json_t *left, const json_t *right,
		     const struct fw_packet *packet);
/* the elements of a named set or map, "@NAME" */
const json_t *fw_named(const struct fw *fw, const json_t *rule,
		       const char *name);
enum fw_tri fw_both(enum fw_tri a, enum fw_tri b);

/* fw_walk.c */
/* The next forward chain behind @after that surely drops the packet, or NULL. */
const json_t *fw_blocked(const struct fw *fw, const struct fw_packet *packet,
			 const json_t *after);
/* The rule with one of these statements that the packet may reach. */
const json_t *fw_reached(const struct fw *fw, const struct fw_packet *packet,
			 const char *hook, const char *type,
			 const char *const *goals);

#endif /* SIPALGCTL_FW_H */
