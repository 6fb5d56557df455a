/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * sipalg.h - the generic netlink family "sipalg": commands and attributes.
 *
 * Everything is per network namespace. Every request needs CAP_NET_ADMIN in
 * it, dumps too: they show who calls whom. Attributes in one enum keep one
 * number for good; new ones go to the end.
 */
#ifndef _UAPI_LINUX_SIPALG_H
#define _UAPI_LINUX_SIPALG_H

#define SIPALG_GENL_NAME	"sipalg"
#define SIPALG_GENL_VERSION	1

/* longest strings on the way in, without NUL; longer ones are refused */
#define SIPALG_MAX_AOR		255
#define SIPALG_MAX_CALL_ID	255
#define SIPALG_MAX_WORD		63	/* of SIPALG_A_KEY, SIPALG_A_VALUE */

/* multicast groups; a message is a *_GET answer with SIPALG_A_EVENT */
#define SIPALG_MCGRP_REG	"reg"
#define SIPALG_MCGRP_CALL	"call"
#define SIPALG_MCGRP_MEDIA	"media"
#define SIPALG_MCGRP_CONFIG	"config"

enum sipalg_cmd {
	SIPALG_CMD_UNSPEC,
	SIPALG_CMD_STATUS_GET,	/* do: answers one message */
	SIPALG_CMD_ENABLE,	/* do: SIPALG_A_ENABLED 0 or 1 */
	SIPALG_CMD_PORT_ADD,	/* do: SIPALG_A_PROTO, SIPALG_A_PORT */
	SIPALG_CMD_PORT_DEL,
	SIPALG_CMD_PORT_FLUSH,
	SIPALG_CMD_PORT_GET,	/* dump */
	SIPALG_CMD_REG_GET,	/* dump */
	SIPALG_CMD_REG_DEL,	/* do: SIPALG_A_AOR; all with this AOR */
	SIPALG_CMD_REG_FLUSH,
	SIPALG_CMD_CALL_GET,	/* dump, SIPALG_A_CALL_ID selects one */
	SIPALG_CMD_CALL_FLUSH,
	SIPALG_CMD_MEDIA_GET,	/* dump */
	SIPALG_CMD_MEDIA_FLUSH,
	SIPALG_CMD_STATS_GET,	/* dump: one message a counter */
	SIPALG_CMD_STATS_RESET,
	SIPALG_CMD_SET,		/* do: SIPALG_A_KEY, SIPALG_A_VALUE (text) */
	SIPALG_CMD_SET_GET,	/* dump: one message a key */
	/*
	 * do: from BEGIN on, what this socket configures is staged, on top of
	 * nothing: no object, settings at their defaults. COMMIT puts it in
	 * force, whole; ABORT, or closing the socket, throws it away.
	 */
	SIPALG_CMD_CONFIG_BEGIN,
	SIPALG_CMD_CONFIG_COMMIT,
	SIPALG_CMD_CONFIG_ABORT,
	SIPALG_CMD_HOST_SET,	/* do: SIPALG_A_NET, SIPALG_A_MODE, and for a
				 * while: SIPALG_A_EXPIRES, 1 to 31536000
				 */
	SIPALG_CMD_HOST_DEL,	/* do: SIPALG_A_NET */
	SIPALG_CMD_HOST_FLUSH,
	SIPALG_CMD_HOST_GET,	/* dump */
	SIPALG_CMD_LOCALNET_ADD, /* do: SIPALG_A_NETS, whole or not at all */
	SIPALG_CMD_LOCALNET_DEL, /* do: SIPALG_A_NETS, whole or not at all */
	SIPALG_CMD_LOCALNET_SET, /* do: SIPALG_A_NETS; no others are left */
	SIPALG_CMD_LOCALNET_FLUSH,
	SIPALG_CMD_LOCALNET_GET, /* dump: one message a network */

	__SIPALG_CMD_MAX,
};

#define SIPALG_CMD_MAX (__SIPALG_CMD_MAX - 1)

enum sipalg_attr {
	SIPALG_A_UNSPEC,
	SIPALG_A_PAD,
	SIPALG_A_ENABLED,	/* u8: 0, 1 */
	SIPALG_A_VERSION,	/* string: of the module */
	SIPALG_A_PROTO,		/* u8: IPPROTO_UDP, IPPROTO_TCP */
	SIPALG_A_PORT,		/* u16, host byte order */
	SIPALG_A_REGISTRATIONS,	/* u32: how many there are */
	SIPALG_A_CALLS,		/* u32 */
	SIPALG_A_MEDIA,		/* u32 */
	SIPALG_A_MEMORY,	/* u64: bytes of our tables */
	SIPALG_A_INTREE_FLOWS,	/* u64: SIP flows seen that carry the in-tree
				 * helper and are left to it
				 */
	SIPALG_A_AOR,		/* string: user@host */
	SIPALG_A_CONTACT,	/* string: URI as the LAN host wrote it */
	SIPALG_A_LAN,		/* nest of SIPALG_EP_* */
	SIPALG_A_WAN,		/* nest of SIPALG_EP_* */
	SIPALG_A_PEER,		/* nest of SIPALG_EP_* */
	SIPALG_A_REMOTE,	/* nest of SIPALG_EP_* */
	SIPALG_A_EXPIRES,	/* u32: seconds left */
	SIPALG_A_REG_STATE,	/* u8: enum sipalg_reg_state */
	SIPALG_A_CALL_ID,	/* string */
	SIPALG_A_CALL_STATE,	/* u8: enum sipalg_call_state */
	SIPALG_A_FROM,		/* string: URI of From */
	SIPALG_A_TO,		/* string: URI of To */
	SIPALG_A_CREATED,	/* u32: seconds since it was created */
	SIPALG_A_MEDIA_LIST,	/* nest: SIPALG_A_MEDIA_ITEM repeated */
	SIPALG_A_MEDIA_ITEM,	/* nest: KIND LAN WAN REMOTE STATE PACKETS_* */
	SIPALG_A_KIND,		/* u8: enum sipalg_media_kind */
	SIPALG_A_MEDIA_STATE,	/* u8: enum sipalg_media_state */
	SIPALG_A_PACKETS_IN,	/* u64: from outside to the LAN host */
	SIPALG_A_PACKETS_OUT,	/* u64 */
	SIPALG_A_NAME,		/* string: counter or reason name */
	SIPALG_A_COUNT,		/* u64 */
	SIPALG_A_KEY,		/* string: name of a tunable */
	SIPALG_A_VALUE,		/* string: its value */
	SIPALG_A_DEFAULT,	/* string: its default */
	SIPALG_A_EVENT,		/* u8: enum sipalg_event */
	SIPALG_A_SILENT,	/* u8: enum sipalg_silent */
	SIPALG_A_LIMIT,		/* string: what is exhausted, a KEY if it is one */
	SIPALG_A_NET,		/* nest of SIPALG_NET_* */
	SIPALG_A_NETS,		/* nest: SIPALG_A_NET repeated */
	SIPALG_A_MODE,		/* u8: enum sipalg_mode */
	SIPALG_A_MODE_BACK,	/* u8: what it is after SIPALG_A_EXPIRES; absent
				 * when it has no mode then
				 */

	__SIPALG_A_MAX,
};

#define SIPALG_A_MAX (__SIPALG_A_MAX - 1)

enum sipalg_ep_attr {
	SIPALG_EP_UNSPEC,
	SIPALG_EP_IP4,		/* be32 */
	SIPALG_EP_IP6,		/* 16 bytes */
	SIPALG_EP_PORT,		/* u16, host byte order */

	__SIPALG_EP_MAX,
};

#define SIPALG_EP_MAX (__SIPALG_EP_MAX - 1)

/* a network; no bit is set behind its prefix */
enum sipalg_net_attr {
	SIPALG_NET_UNSPEC,
	SIPALG_NET_IP4,		/* be32 */
	SIPALG_NET_IP6,		/* 16 bytes */
	SIPALG_NET_LEN,		/* u8: bits of the prefix */

	__SIPALG_NET_MAX,
};

#define SIPALG_NET_MAX (__SIPALG_NET_MAX - 1)

enum sipalg_mode {
	SIPALG_MODE_UNSPEC,
	SIPALG_MODE_ACTIVE,	/* its messages are rewritten as needed */
	SIPALG_MODE_PASSIVE,	/* pinholes for what it announces, no more */
	SIPALG_MODE_BYPASS,	/* nothing */

	__SIPALG_MODE_MAX,
};

#define SIPALG_MODE_MAX (__SIPALG_MODE_MAX - 1)

enum sipalg_reg_state { SIPALG_REG_PENDING, SIPALG_REG_ACTIVE };

enum sipalg_call_state {
	SIPALG_CALL_EARLY,
	SIPALG_CALL_CONFIRMED,
	SIPALG_CALL_HELD,
	SIPALG_CALL_ENDED,
};

enum sipalg_media_kind {
	SIPALG_MEDIA_RTP,
	SIPALG_MEDIA_RTCP,
	SIPALG_MEDIA_MUX,
	SIPALG_MEDIA_UDPTL,
	SIPALG_MEDIA_OTHER,
};

enum sipalg_media_state {
	SIPALG_MEDIA_OPEN,	/* announced, nothing came or went yet */
	SIPALG_MEDIA_USED,	/* a packet went through */
};

enum sipalg_event {
	SIPALG_EVENT_NEW,
	SIPALG_EVENT_UPDATE,
	SIPALG_EVENT_END,
	SIPALG_EVENT_EXPIRE,
	SIPALG_EVENT_EXHAUSTED,
};

enum sipalg_silent {
	SIPALG_SILENT_NONE,
	SIPALG_SILENT_IN,	/* nothing came from outside */
	SIPALG_SILENT_OUT,	/* nothing came from the LAN host */
};

#endif /* _UAPI_LINUX_SIPALG_H */
