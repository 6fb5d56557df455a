// SPDX-License-Identifier: GPL-2.0-only
/*
 * rows.c - messages of the kernel as JSON objects.
 */
#include <arpa/inet.h>
#include <stdio.h>

#include "net.h"
#include "rows.h"

static const char *const reg_states[] = {
	[SIPALG_REG_PENDING]	= "pending",
	[SIPALG_REG_ACTIVE]	= "active",
};

static const char *const call_states[] = {
	[SIPALG_CALL_EARLY]	= "early",
	[SIPALG_CALL_CONFIRMED]	= "confirmed",
	[SIPALG_CALL_HELD]	= "held",
	[SIPALG_CALL_ENDED]	= "ended",
};

static const char *const media_kinds[] = {
	[SIPALG_MEDIA_RTP]	= "rtp",
	[SIPALG_MEDIA_RTCP]	= "rtcp",
	[SIPALG_MEDIA_MUX]	= "rtp+rtcp",
	[SIPALG_MEDIA_UDPTL]	= "udptl",
	[SIPALG_MEDIA_OTHER]	= "other",
};

static const char *const media_states[] = {
	[SIPALG_MEDIA_OPEN]	= "open",
	[SIPALG_MEDIA_USED]	= "used",
};

static const char *const silences[] = {
	[SIPALG_SILENT_IN]	= "in",
	[SIPALG_SILENT_OUT]	= "out",
};

static const char *const modes[] = {
	[SIPALG_MODE_ACTIVE]	= "active",
	[SIPALG_MODE_PASSIVE]	= "passive",
	[SIPALG_MODE_BYPASS]	= "bypass",
};

/* Null for a number that this version does not know. */
static json_t *name_of(const char *const *names, size_t n,
		       const struct nlattr *attr)
{
	uint8_t value = attr ? mnl_attr_get_u8(attr) : UINT8_MAX;

	if (value >= n || !names[value])
		return json_null();
	return json_string(names[value]);
}

json_t *row_string(const struct nlattr *attr)
{
	return attr ? out_string(mnl_attr_get_str(attr)) : json_null();
}

json_t *row_u32(const struct nlattr *attr)
{
	return attr ? json_integer(mnl_attr_get_u32(attr)) : json_null();
}

json_t *row_u64(const struct nlattr *attr)
{
	if (!attr)
		return json_null();
	return json_integer((json_int_t)mnl_attr_get_u64(attr));
}

json_t *row_value(const struct nlattr *attr)
{
	unsigned long n;

	if (attr && words_number(mnl_attr_get_str(attr), UINT32_MAX, &n))
		return json_integer((json_int_t)n);
	return row_string(attr);
}

static json_t *proto_name(const struct nlattr *attr)
{
	switch (attr ? mnl_attr_get_u8(attr) : 0) {
	case IPPROTO_UDP:
		return json_string("udp");
	case IPPROTO_TCP:
		return json_string("tcp");
	}
	return json_null();
}

static bool has(const struct nlattr *attr, size_t len)
{
	return attr && mnl_attr_get_payload_len(attr) >= len;
}

json_t *row_endpoint(const struct nlattr *nest)
{
	const struct nlattr *tb[SIPALG_EP_MAX + 1];
	char addr[INET6_ADDRSTRLEN], text[INET6_ADDRSTRLEN + 16];
	unsigned int port = 0;

	if (!nest)
		return json_null();
	nl_nest(nest, tb, SIPALG_EP_MAX);
	if (has(tb[SIPALG_EP_PORT], 2))
		port = mnl_attr_get_u16(tb[SIPALG_EP_PORT]);
	if (has(tb[SIPALG_EP_IP4], 4)) {
		inet_ntop(AF_INET, mnl_attr_get_payload(tb[SIPALG_EP_IP4]),
			  addr, sizeof(addr));
		snprintf(text, sizeof(text), "%s:%u", addr, port);
	} else if (has(tb[SIPALG_EP_IP6], 16)) {
		inet_ntop(AF_INET6, mnl_attr_get_payload(tb[SIPALG_EP_IP6]),
			  addr, sizeof(addr));
		snprintf(text, sizeof(text), "[%s]:%u", addr, port);
	} else {
		return json_null();
	}
	return json_string(text);
}

json_t *row_port(const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[SIPALG_A_MAX + 1];

	nl_attrs(nlh, tb);
	if (!tb[SIPALG_A_PORT])
		return NULL;
	return json_pack("{s:o, s:i}", "proto", proto_name(tb[SIPALG_A_PROTO]),
			 "port", (int)mnl_attr_get_u16(tb[SIPALG_A_PORT]));
}

static json_t *net_name(const struct nlattr *nest)
{
	char text[NET_TEXT];
	struct net net;

	if (!net_get(nest, &net))
		return json_null();
	net_text(&net, text, sizeof(text));
	return json_string(text);
}

json_t *row_localnet(const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[SIPALG_A_MAX + 1];

	nl_attrs(nlh, tb);
	return json_pack("{s:o}", "net", net_name(tb[SIPALG_A_NET]));
}

const char *mode_name(unsigned int mode)
{
	return mode < ARRAY_SIZE(modes) ? modes[mode] : NULL;
}

json_t *row_host(const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[SIPALG_A_MAX + 1];

	nl_attrs(nlh, tb);
	return json_pack("{s:o, s:o, s:o}",
			 "net", net_name(tb[SIPALG_A_NET]),
			 "mode", name_of(modes, ARRAY_SIZE(modes),
					 tb[SIPALG_A_MODE]),
			 "expires_s", row_u32(tb[SIPALG_A_EXPIRES]));
}

json_t *row_reg(const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[SIPALG_A_MAX + 1];

	nl_attrs(nlh, tb);
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "aor", row_string(tb[SIPALG_A_AOR]),
			 "contact", row_string(tb[SIPALG_A_CONTACT]),
			 "lan", row_endpoint(tb[SIPALG_A_LAN]),
			 "wan", row_endpoint(tb[SIPALG_A_WAN]),
			 "peer", row_endpoint(tb[SIPALG_A_PEER]),
			 "proto", proto_name(tb[SIPALG_A_PROTO]),
			 "expires_s", row_u32(tb[SIPALG_A_EXPIRES]),
			 "state", name_of(reg_states, ARRAY_SIZE(reg_states),
					  tb[SIPALG_A_REG_STATE]));
}

static json_t *media_object(const struct nlattr **tb, json_t *call_id)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "call_id", call_id,
			 "kind", name_of(media_kinds, ARRAY_SIZE(media_kinds),
					  tb[SIPALG_A_KIND]),
			 "lan", row_endpoint(tb[SIPALG_A_LAN]),
			 "wan", row_endpoint(tb[SIPALG_A_WAN]),
			 "remote", row_endpoint(tb[SIPALG_A_REMOTE]),
			 "state", name_of(media_states, ARRAY_SIZE(media_states),
					  tb[SIPALG_A_MEDIA_STATE]),
			 "packets_in", row_u64(tb[SIPALG_A_PACKETS_IN]),
			 "packets_out", row_u64(tb[SIPALG_A_PACKETS_OUT]));
}

json_t *row_media(const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[SIPALG_A_MAX + 1];

	nl_attrs(nlh, tb);
	return media_object(tb, row_string(tb[SIPALG_A_CALL_ID]));
}

static json_t *media_list(const struct nlattr *nest,
			  const struct nlattr *call_id)
{
	const struct nlattr *tb[SIPALG_A_MAX + 1], *item;
	json_t *list = json_array();

	if (!nest)
		return list;
	mnl_attr_for_each_nested(item, nest) {
		if (mnl_attr_get_type(item) != SIPALG_A_MEDIA_ITEM)
			continue;
		nl_nest(item, tb, SIPALG_A_MAX);
		json_array_append_new(list, media_object(tb,
							 row_string(call_id)));
	}
	return list;
}

json_t *row_call(const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[SIPALG_A_MAX + 1];

	nl_attrs(nlh, tb);
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "call_id", row_string(tb[SIPALG_A_CALL_ID]),
			 "state", name_of(call_states, ARRAY_SIZE(call_states),
					  tb[SIPALG_A_CALL_STATE]),
			 "from", row_string(tb[SIPALG_A_FROM]),
			 "to", row_string(tb[SIPALG_A_TO]),
			 "lan", row_endpoint(tb[SIPALG_A_LAN]),
			 "peer", row_endpoint(tb[SIPALG_A_PEER]),
			 "created_s", row_u32(tb[SIPALG_A_CREATED]),
			 "silent", name_of(silences, ARRAY_SIZE(silences),
					  tb[SIPALG_A_SILENT]),
			 "media", media_list(tb[SIPALG_A_MEDIA_LIST],
					     tb[SIPALG_A_CALL_ID]));
}
