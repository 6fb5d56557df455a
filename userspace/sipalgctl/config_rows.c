// SPDX-License-Identifier: GPL-2.0-only
/*
 * config_rows.c - the objects of a configuration: one row each, in the order
 * in which `config show` prints them.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "net.h"
#include "rows.h"
#include "tunable_key.h"

__attribute__((format(printf, 1, 2)))
static char *text(const char *format, ...)
{
	va_list args;
	char *line;

	va_start(args, format);
	if (vasprintf(&line, format, args) < 0)
		line = NULL;
	va_end(args);
	return line;
}

static char *enable_line(const struct nlattr **tb)
{
	if (!tb[SIPALG_A_ENABLED])
		return NULL;
	return text(mnl_attr_get_u8(tb[SIPALG_A_ENABLED]) ? "enable" :
							    "disable");
}

static char *port_line(const struct nlattr **tb)
{
	if (!tb[SIPALG_A_PROTO] || !tb[SIPALG_A_PORT])
		return NULL;
	return text("port add %s %u",
		    mnl_attr_get_u8(tb[SIPALG_A_PROTO]) == IPPROTO_TCP ?
		    "tcp" : "udp", mnl_attr_get_u16(tb[SIPALG_A_PORT]));
}

/* One network, of the dump or of a request. */
static char *localnet_line(const struct nlattr **tb)
{
	const struct nlattr *nest = tb[SIPALG_A_NET];
	char name[NET_TEXT];
	struct net net;

	if (tb[SIPALG_A_NETS])
		nest = mnl_attr_get_payload(tb[SIPALG_A_NETS]);
	if (!net_get(nest, &net))
		return NULL;
	net_text(&net, name, sizeof(name));
	return text("localnet add %s", name);
}

/* A mode for a while is not of the configuration; what comes then is. */
static char *host_line(const struct nlattr **tb)
{
	const struct nlattr *attr = tb[SIPALG_A_EXPIRES] ?
		tb[SIPALG_A_MODE_BACK] : tb[SIPALG_A_MODE];
	const char *mode = attr ? mode_name(mnl_attr_get_u8(attr)) : NULL;
	char name[NET_TEXT];
	struct net net;

	if (!mode || !net_get(tb[SIPALG_A_NET], &net))
		return NULL;
	net_text(&net, name, sizeof(name));
	return text("host set %s mode %s", name, mode);
}

/* 007 is 7; a key that this version does not know stays as it is. */
static char *setting(const char *key, const char *value)
{
	const struct tunable_key *def = tunable_find(key);
	uint32_t n;

	if (!def || def->kind == KIND_WORD || tunable_parse(def, value, &n))
		return text("set %s %s", key, value);
	if (def->kind == KIND_RANGE)
		return text("set %s %u-%u", key, sipalg_rtp_first(n),
			    sipalg_rtp_last(n));
	return text("set %s %u", key, n);
}

static char *set_line(const struct nlattr **tb)
{
	if (!tb[SIPALG_A_KEY] || !tb[SIPALG_A_VALUE])
		return NULL;
	return setting(mnl_attr_get_str(tb[SIPALG_A_KEY]),
		       mnl_attr_get_str(tb[SIPALG_A_VALUE]));
}

static char *set_normal(const struct nlattr **tb)
{
	if (!tb[SIPALG_A_KEY] || !tb[SIPALG_A_DEFAULT])
		return NULL;
	return setting(mnl_attr_get_str(tb[SIPALG_A_KEY]),
		       mnl_attr_get_str(tb[SIPALG_A_DEFAULT]));
}

static const char *const add_flush[] = { "add", "flush", NULL };
static const char *const add_set_flush[] = { "add", "set", "flush", NULL };
static const char *const set_flush[] = { "set", "flush", NULL };
static const char *const disabled[] = { "disable", NULL };
static const char *const sip_ports[] = {
	"port add udp 5060", "port add tcp 5060", NULL
};

static const char *const localnets[] = {
	"localnet add 10.0.0.0/8", "localnet add 172.16.0.0/12",
	"localnet add 192.168.0.0/16", "localnet add 169.254.0.0/16",
	"localnet add fc00::/7", "localnet add fe80::/10", NULL
};

const struct config_object config_objects[] = {
	{
		.name = "enable", .line = enable_line,
		.set = SIPALG_CMD_ENABLE, .get = SIPALG_CMD_STATUS_GET,
		.single = true, .initial = disabled,
	}, {
		.name = "disable",
	}, {
		.name = "port", .verbs = add_flush, .line = port_line,
		.set = SIPALG_CMD_PORT_ADD, .flush = SIPALG_CMD_PORT_FLUSH,
		.get = SIPALG_CMD_PORT_GET,
		.words = 4, .initial = sip_ports,
	}, {
		.name = "localnet", .verbs = add_set_flush,
		.line = localnet_line,
		.set = SIPALG_CMD_LOCALNET_ADD,
		.flush = SIPALG_CMD_LOCALNET_FLUSH,
		.get = SIPALG_CMD_LOCALNET_GET, .nets = true,
		.words = 3, .initial = localnets,
	}, {
		.name = "host", .verbs = set_flush, .line = host_line,
		.set = SIPALG_CMD_HOST_SET, .flush = SIPALG_CMD_HOST_FLUSH,
		.get = SIPALG_CMD_HOST_GET, .nets = true, .words = 3,
	}, {
		.name = "set", .line = set_line, .normal = set_normal,
		.set = SIPALG_CMD_SET, .get = SIPALG_CMD_SET_GET, .words = 2,
	},
	{ NULL }
};

const struct config_object *config_object(const char *name)
{
	const struct config_object *o;

	for (o = config_objects; o->name; o++) {
		if (!strcmp(name, o->name))
			return o;
	}
	return NULL;
}

/* Whose request it is. */
const struct config_object *config_object_of(const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct config_object *o;

	for (o = config_objects; o->name; o++) {
		if (o->get && (genl->cmd == o->set || genl->cmd == o->flush))
			return o;
	}
	return NULL;
}
