// SPDX-License-Identifier: GPL-2.0-only
/*
 * fw_match.c - does an expression of nft match a packet? No, yes, or it
 * depends on what we do not know.
 */
#include <string.h>

#include "fw.h"

/* What the left side of a match is for the packet. */
struct value {
	enum { UNKNOWN, NEVER, TEXT, NUMBER } kind;
	const char *text;
	json_int_t number;
	bool status;		/* of several flags one is known: dnat */
};

enum fw_tri fw_both(enum fw_tri a, enum fw_tri b)
{
	return a < b ? a : b;
}

static enum fw_tri negate(enum fw_tri t)
{
	return FW_YES - t;
}

static struct value text(const char *s)
{
	return (struct value){ .kind = s ? TEXT : UNKNOWN, .text = s };
}

static struct value port(uint16_t n)
{
	return (struct value){ .kind = n ? NUMBER : UNKNOWN, .number = n };
}

static struct value meta_value(const char *key, const struct fw_packet *p)
{
	if (!strcmp(key, "iifname") || !strcmp(key, "iif"))
		return text(p->iif);
	if (!strcmp(key, "oifname") || !strcmp(key, "oif"))
		return text(p->oif);
	if (!strcmp(key, "l4proto"))
		return text("udp");
	if (!strcmp(key, "nfproto"))
		return text("ipv4");
	if (!strcmp(key, "protocol"))
		return text("ip");
	return text(NULL);
}

static struct value payload_value(const json_t *payload,
				  const struct fw_packet *p)
{
	const char *proto = fw_get(payload, "protocol");
	const char *field = fw_get(payload, "field");

	if (!strcmp(proto, "udp") || !strcmp(proto, "th")) {
		if (!strcmp(field, "dport"))
			return port(p->dport);
		if (!strcmp(field, "sport"))
			return port(p->sport);
		return text(NULL);
	}
	if (!strcmp(proto, "ip"))
		return text(strcmp(field, "protocol") ? NULL : "udp");
	if (!*proto || !strcmp(proto, "ether") || !strcmp(proto, "vlan"))
		return text(NULL);
	return (struct value){ .kind = NEVER };	/* tcp, ip6, icmp... */
}

static struct value left_value(const json_t *left, const struct fw_packet *p)
{
	const json_t *payload = json_object_get(left, "payload");
	const json_t *meta = json_object_get(left, "meta");
	const json_t *ct = json_object_get(left, "ct");
	struct value v = text(NULL);

	if (meta)
		return meta_value(fw_get(meta, "key"), p);
	if (payload)
		return payload_value(payload, p);
	if (!strcmp(fw_get(ct, "key"), "state"))
		return text(p->state);
	if (!strcmp(fw_get(ct, "key"), "status")) {
		v = text(p->dnat ? "dnat" : "");
		v.status = true;
	}
	return v;
}

const json_t *fw_named(const struct fw *fw, const json_t *rule,
		       const char *name)
{
	json_t *object, *set;
	size_t i;

	json_array_foreach(fw->objects, i, object) {
		set = json_object_get(object, "set");
		if (!set)
			set = json_object_get(object, "map");
		if (set && *name == '@' &&
		    !strcmp(fw_get(set, "name"), name + 1) &&
		    !strcmp(fw_get(set, "table"), fw_get(rule, "table")) &&
		    !strcmp(fw_get(set, "family"), fw_get(rule, "family")))
			return json_object_get(set, "elem");
	}
	return NULL;
}

static enum fw_tri is_text(const struct value *v, const char *s)
{
	size_t len = strlen(s);
	bool same;

	if (v->kind != TEXT || (v->status && strcmp(s, "dnat")))
		return FW_MAYBE;
	if (len && s[len - 1] == '*')
		same = !strncmp(v->text, s, len - 1);
	else
		same = !strcmp(v->text, s);
	return same ? FW_YES : FW_NO;
}

static enum fw_tri is_number(const struct value *v, json_int_t first,
			     json_int_t last)
{
	if (v->kind != NUMBER)
		return FW_MAYBE;
	return v->number >= first && v->number <= last ? FW_YES : FW_NO;
}

static enum fw_tri is_range(const struct value *v, const json_t *range)
{
	return is_number(v, json_integer_value(json_array_get(range, 0)),
			 json_integer_value(json_array_get(range, 1)));
}

/* One element: a word, a number, a range. */
static enum fw_tri is_element(const struct value *v, const json_t *right)
{
	const json_t *elem = json_object_get(right, "elem");

	if (elem)
		right = json_object_get(elem, "val");
	if (json_is_string(right))
		return is_text(v, json_string_value(right));
	if (json_is_integer(right))
		return is_number(v, json_integer_value(right),
				 json_integer_value(right));
	if (json_object_get(right, "range"))
		return is_range(v, json_object_get(right, "range"));
	return FW_MAYBE;
}

static enum fw_tri is_any(const struct value *v, const json_t *list)
{
	enum fw_tri found = FW_NO, one;
	json_t *right;
	size_t i;

	json_array_foreach(list, i, right) {
		one = is_element(v, right);
		if (one > found)
			found = one;
	}
	return found;
}

enum fw_tri fw_equal(const struct fw *fw, const json_t *rule,
		     const json_t *left, const json_t *right,
		     const struct fw_packet *packet)
{
	struct value v = left_value(left, packet);
	const json_t *list = json_object_get(right, "set");

	if (v.kind == NEVER)
		return FW_NO;
	if (v.kind == UNKNOWN)
		return FW_MAYBE;
	if (json_is_string(right) && *json_string_value(right) == '@') {
		list = fw_named(fw, rule, json_string_value(right));
		return list ? is_any(&v, list) : FW_MAYBE;
	}
	if (list || json_is_array(right))
		return is_any(&v, list ? list : right);
	return is_element(&v, right);
}

/**
 * fw_match() - does a match statement match?
 * @fw: the rules
 * @rule: in which it stands
 * @match: { op, left, right }
 * @packet: the packet
 *
 * Return: FW_MAYBE when it depends on something that is not known.
 */
enum fw_tri fw_match(const struct fw *fw, const json_t *rule,
		     const json_t *match, const struct fw_packet *packet)
{
	const json_t *left = json_object_get(match, "left");
	const char *op = fw_get(match, "op");
	enum fw_tri t;

	/* `tcp dport != 22` does not match what is not TCP */
	if (left_value(left, packet).kind == NEVER)
		return FW_NO;
	t = fw_equal(fw, rule, left, json_object_get(match, "right"), packet);
	if (!strcmp(op, "==") || !strcmp(op, "in"))
		return t;
	if (!strcmp(op, "!="))
		return negate(t);
	return FW_MAYBE;
}
