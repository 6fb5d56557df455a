/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * objects.h - what a network namespace holds: bindings, registrations,
 * dialogs, media lines, and the message at work.
 *
 * sipalg.h says who owns them and which lock protects them; include that.
 */
#ifndef SIPALG_OBJECTS_H
#define SIPALG_OBJECTS_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/netfilter.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/netfilter/nf_conntrack_expect.h>

#include "core/alg.h"
#include "lan.h"
#include "table.h"
#include "tunable.h"

enum sipalg_limit {
	SIPALG_PORTS		= 65536,
	SIPALG_MAX_FLOWS	= 16,	/* conntracks followed a binding */
	SIPALG_MAX_LINES	= 64,	/* media lines a dialog, old and new */
	SIPALG_MAX_BINDINGS	= 16384, /* ports, or pairs, a LAN host */
	SIPALG_MAX_WALK		= 16,	/* registrations looked at a packet */
	SIPALG_STRAY_S		= 5,	/* to be confirmed, or it was lost */
	SIPALG_LOOK_S		= 60,	/* dialogs let go of dead conntracks */
	SIPALG_QUARANTINE_S	= 30,	/* a port rests after its release */
	SIPALG_TRANSACTION_S	= 32,	/* RFC 3261 17: timers B, F, H */
	SIPALG_EARLY_S		= 180,	/* RFC 3261 16.6: timer C */
	SIPALG_MAX_KEEP_S	= 604800, /* a conntrack timeout of ours */
	SIPALG_MAX_GRANT_S	= (1 << 29) - 1, /* 17 years */
	SIPALG_FLOW_S		= 120,	/* RFC 4787 REQ-5: two minutes */
	SIPALG_IDLE_CALL_S	= 7200,	/* no signalling and no media */
	SIPALG_ENDED		= 256,	/* ended dialogs that are remembered */
	SIPALG_PORT_TRIES	= 128,	/* random ports tried for a pair */
	SIPALG_MAX_USED		= 8,	/* signalling bindings a message */
	SIPALG_TEXT		= 128,	/* longest text kept of an URI */
	SIPALG_REG_ROOM		= 20,	/* shortest texts of a registration */
	SIPALG_REG_STEP		= 16,	/* by that its caches differ */
	SIPALG_REG_SIZES	= 7,	/* so many, for up to 116 bytes */
	SIPALG_PARTS_LOG	= 6,	/* of a crowd (reglist.c) */
	SIPALG_CALL_ROOM	= 112,	/* ... and of a dialog */
	SIPALG_HOOKS		= 2,	/* POST_ROUTING, LOCAL_IN (hook.c) */
	SIPALG_SLOTS		= 256,	/* a power of two (due.c) */
	SIPALG_SPARE		= 32,	/* expectations kept (pinhole.c) */
};

/**
 * struct sipalg_key - a transport address of a NAT mapping, in one word
 * @v4: network byte order
 * @port: host byte order
 * @proto: IPPROTO_UDP, IPPROTO_TCP
 * @family: 4; 0 = none, or one that is not IPv4 and has no mapping
 * @word: all of it, as a hash key
 */
struct sipalg_key {
	union {
		struct {
			__be32 v4;
			u16 port;
			u8 proto;
			u8 family;
		};
		u64 word;
	};
};

enum sipalg_due_kind {
	SIPALG_DUE_REG,
	SIPALG_DUE_CALL,
	SIPALG_DUE_BINDING,
};

/**
 * struct sipalg_due - when an object is to be looked at (due.c)
 * @node: in a slot of the wheel
 * @rcu: once it left its table and the wheel
 * @at: the tick; protected by sn->lock, as the rest
 * @slot: where it is now, early enough for @at
 * @kind: enum sipalg_due_kind
 */
struct sipalg_due {
	union {
		struct hlist_node node;
		struct rcu_head rcu;
	};
	u32 at;
	u8 slot;
	u8 kind;
};

/**
 * struct sipalg_wheel - what is due, by the tick (due.c)
 * @timer: runs while anything is on it
 * @tick: the last one that was looked at
 * @count: objects on it
 * @ripe: those of the slot at work
 */
struct sipalg_wheel {
	struct sipalg_net *sn;
	struct timer_list timer;
	u32 tick;
	u32 count;
	struct hlist_head ripe;
	struct hlist_head slot[SIPALG_SLOTS];
};

enum sipalg_binding_kind {
	SIPALG_BINDING_SIP,
	SIPALG_BINDING_MEDIA,
	SIPALG_BINDING_PAIR,	/* to be made: two of MEDIA */
};

/**
 * struct sipalg_binding - LAN address:port <-> WAN address:port
 * @by_lan: in sn->by_lan, key @lan; several WANs may list the same one
 * @by_wan: in sn->by_wan, key @wan; unique
 * @oif: the device that this WAN address is behind
 * @refs: registrations, dialogs and media lines that use it
 * @kind: enum sipalg_binding_kind
 * @flags: enum alg_bind_flag
 * @open: inbound flows are admitted
 * @told: SIP: a message of its LAN host named it
 * @masq: its mapping came from masquerade
 * @used: media: a flow of it was confirmed, and is no more
 * @stray: media: a flow from its LAN address did not follow it
 * @paired: media: of an even port, and that of the next port, as RTP and RTCP
 *	have them, follows it in memory. Only the first of the two is in the
 *	tables and on the wheel, and they go together; the rest each has itself
 * @second: media: it is the other one
 * @crowded: SIP: @crowd instead of @regs
 * @local: its WAN address was one of the router's when it was made
 * @peer: SIP: whom the LAN host talked to last through it;
 *	media: the far end's address from its SDP
 * @signal: the far end of its owner's signalling flow
 * @signal_port: the LAN port of that flow
 * @due: without @refs: unused for its time, it leaves the tables
 * @regs: SIP, with @refs: registrations that have it as Contact
 * @crowd: the same when they are many
 * @until: SIP, with @refs: second of sipalg_seconds() to which registrars'
 *	conntracks are kept alive
 * @ncalls: SIP, with @refs: dialogs on it
 * @exp: media: its expectation, or NULL
 * @flows: struct sipalg_flow, the conntracks it made
 * @nflows: how many
 * @class: media: expectation class
 * @packets: packets of flows that are gone ([enum alg_dir])
 *
 * Everything but the keys and @oif is protected by sn->lock. A SIP binding
 * ends before @exp.
 */
struct sipalg_binding {
	struct sipalg_node by_lan;
	struct sipalg_key lan;
	struct sipalg_node by_wan;
	struct sipalg_key wan;
	struct sipalg_net *sn;
	int oif;
	u32 refs;
	struct sipalg_key peer;
	struct sipalg_key signal;
	u16 signal_port;
	u8 kind;
	u8 flags;
	u8 nflows;
	u8 class;
	u8 open:1,
	   told:1,
	   masq:1,
	   local:1,
	   crowded:1,
	   used:1,
	   stray:1,
	   paired:1,
	   second:1;
	union {
		struct sipalg_due due;
		struct {
			union {
				struct hlist_head regs;
				struct sipalg_crowd *crowd;
			};
			u32 until;
			u32 ncalls;
		};
	};
	struct nf_conntrack_expect *exp;	/* media, from here on */
	struct hlist_head flows;
	u64 packets[2];
};

/**
 * struct sipalg_flow - a conntrack that a binding made, with a reference
 * @dir: enum alg_dir, who sent its first packet
 */
struct sipalg_flow {
	struct hlist_node node;
	struct nf_conn *ct;
	unsigned long born;	/* jiffies */
	u8 dir;
	bool uncounted;		/* its first packet came before accounting */
};

/* What can be full; the names are in genl_event.c. */
enum sipalg_full {
	SIPALG_FULL_REGS,
	SIPALG_FULL_REGS_HOST,
	SIPALG_FULL_CALLS,
	SIPALG_FULL_CALLS_HOST,
	SIPALG_FULL_PORTS,
	SIPALG_FULL_PORTS_HOST,
	SIPALG_FULL_EXPECT,
	SIPALG_FULL_KINDS,
};

enum sipalg_lanhost_what {
	SIPALG_HOST_REGS,
	SIPALG_HOST_CALLS,
	SIPALG_HOST_BINDINGS,
	SIPALG_HOST_KINDS,
};

/**
 * struct sipalg_lanhost - what one LAN address holds (lanhost.c)
 * @node: in sn->hosts, key @addr
 * @addr: its address, no port
 * @count: by enum sipalg_lanhost_what
 * @early: its unanswered dialogs by enum alg_dir, the oldest first
 */
struct sipalg_lanhost {
	struct sipalg_node node;
	struct sipalg_key addr;
	u32 count[SIPALG_HOST_KINDS];
	struct list_head early[2];
};

/* How much of a Contact is kept, and what the rest was (regtext.c). */
enum sipalg_contact_form {
	SIPALG_CONTACT_WHOLE,	/* all of it */
	SIPALG_CONTACT_HOST,	/* after sip:USER@ADDR: the AOR's user, ours */
	SIPALG_CONTACT_PORT,	/* after sip:USER@ADDR:PORT */
};

/**
 * struct sipalg_reg - one registration (reg.c)
 * @node: in sn->regs, key @key
 * @key: alg_reg_key() of it
 * @due: it was not granted in time, or its granted time and grace are over
 * @of_binding: in the list of @binding (reglist.c)
 * @binding: where its Contact leads to, referenced
 * @call_id: as in struct alg_reg, like the next three
 * @branch: of the newest REGISTER
 * @cseq: likewise
 * @asked: likewise, seconds
 * @state: enum alg_reg_state
 * @form: enum sipalg_contact_form
 * @ends: second of sipalg_seconds() when the granted time ends; without grace
 * @user: hash of the user part of its Contact
 * @said: hash of its Contact
 * @peer: the registrar, network byte order
 * @peer_port: its port, host byte order
 * @aor_len: bytes of the AOR
 * @contact_len: bytes that are kept of the Contact URI, which follows it
 * @text: both; as many bytes as its cache has room for, or memory of kmalloc()
 *
 * Everything is protected by sn->lock. What a registration says never changes:
 * another one takes its place.
 */
struct sipalg_reg {
	struct sipalg_node node;
	u64 key;
	struct sipalg_due due;
	struct hlist_node of_binding;
	struct sipalg_binding *binding;
	u32 call_id;
	u32 branch;
	u32 cseq;
	u32 asked:29,
	    state:1,
	    form:2;
	u32 ends;
	u32 user;
	u32 said;
	__be32 peer;
	u16 peer_port;
	u8 aor_len;
	u8 contact_len;
	char text[];
};

/* What the far end's SDP said about one media line. */
struct sipalg_remote {
	struct sipalg_key ep;
	u16 rtcp_port;
	u8 index;
};

/**
 * struct sipalg_media - one media line of a dialog (media.c)
 * @node: in call->media
 * @rtp: binding of the m= port
 * @rtcp: binding of the RTCP port or NULL
 * @remote: the far end's address from its SDP; family 0 = not known yet
 * @remote_rtcp: its RTCP port
 * @born: generation of the dialog's media that opened it
 * @seen: generation that named it last
 * @index: number of the m= line
 * @kind: enum alg_media_kind
 */
struct sipalg_media {
	struct list_head node;
	struct sipalg_binding *rtp;
	struct sipalg_binding *rtcp;
	struct sipalg_key remote;
	u32 born;
	u32 seen;
	u16 remote_rtcp;
	u8 index;
	u8 kind;
};

/**
 * struct sipalg_call - one INVITE dialog (call.c)
 * @node: in sn->calls, key @alg.key
 * @binding: the signalling binding of the LAN host, referenced
 * @host: the count of its LAN host
 * @media: struct sipalg_media
 * @first: room for the first of them; free while its @rtp is NULL
 * @early: in sn->early while nobody has answered
 * @early_of_host: in host->early, likewise
 * @nremotes: what the far end's newest SDP said; it may come before the LAN
 *	host has any line
 * @remote: that, when it is one line...
 * @remotes: ...and when there are more
 * @nlines: entries of @media
 * @announced: its `new` event was sent
 * @spoke: a message came since it was queued in @early
 * @generation: counts the SDPs of the LAN host
 * @accepted: @generation at the last complete offer/answer
 * @created: the second of its first message
 * @touched: jiffies of the newest message, or of the last sign of life
 * @answered: jiffies of the last complete offer/answer
 * @waits: its unused pinholes are to be closed at media-timeout after that
 * @due: a time limit passed, or it is to be looked after
 * @call_id_len: bytes at @text; From and To URI follow
 * @text: @room, or memory of its own when they are long; never replaced
 */
struct sipalg_call {
	struct sipalg_node node;
	struct alg_call alg;
	struct sipalg_net *sn;
	struct sipalg_binding *binding;
	struct sipalg_lanhost *host;
	struct list_head media;
	struct sipalg_media first;
	struct list_head early;
	struct list_head early_of_host;
	struct sipalg_key lan;
	struct sipalg_key peer;
	struct sipalg_due due;
	u32 created;
	u32 touched;
	u32 answered;
	union {
		struct sipalg_remote remote;
		struct sipalg_remote *remotes;
	};
	u32 generation;
	u32 accepted;
	u8 nremotes;
	u8 nlines;
	bool announced;
	bool spoke;
	bool waits;
	u8 call_id_len;
	u8 from_len;
	u8 to_len;
	char *text;
	char room[SIPALG_CALL_ROOM];
};

/**
 * struct sipalg_stats - per-CPU counters
 * @count: by enum alg_reason, the counters among them
 * @intree: new SIP flows that carried another helper and were left to it
 */
struct sipalg_stats {
	u64 count[ALG_COUNTER_MAX];
	u64 intree;
};

/**
 * struct sipalg_fresh - a media line that the message at work opened or named
 * @line: as the message has it
 * @mine: the dialog's: the one it has already, or room for a new one
 * @rtp_made: its RTP binding was made for this message
 * @rtcp_made: its RTCP binding was
 */
struct sipalg_fresh {
	struct sipalg_media line;
	struct sipalg_media *mine;
	bool rtp_made;
	bool rtcp_made;
};

/**
 * struct sipalg_txn - what the host opened for the message at work (host.c)
 * @ct: the flow of the message
 * @oif: the device towards the far end, 0 for a message from there
 * @bind: signalling binding that the message named first
 * @used: signalling bindings that the message named
 * @made: bit n: @used[n] was made for this message
 * @call: dialog found or made, or NULL
 * @reg: registration found or made, or NULL
 * @other: takes the place of @reg, whose REGISTER says other things
 * @call_made: @call was made for this message
 * @reg_made: @reg was
 * @remotes: @remote as the dialog will keep it, or NULL
 */
struct sipalg_txn {
	struct nf_conn *ct;
	int oif;
	bool call_made;
	bool reg_made;
	struct sipalg_call *call;
	struct sipalg_reg *reg;
	struct sipalg_reg *other;
	struct sipalg_binding *bind;
	unsigned int nused;
	unsigned int made;
	struct sipalg_binding *used[SIPALG_MAX_USED];
	unsigned int nfresh;
	struct sipalg_fresh fresh[SDP_MAX_MEDIA];
	unsigned int nremote;
	struct sipalg_remote remote[SDP_MAX_MEDIA];
	struct sipalg_remote *remotes;
};

/* A dialog that is no more, and jiffies64 when it ended. */
struct sipalg_ended {
	u64 key;
	u64 at;
};

/* The registrations of one binding, spread by the user of their Contact. */
struct sipalg_crowd {
	struct hlist_head part[1 << SIPALG_PARTS_LOG];
};

enum { SIPALG_TEXTS = 256 };	/* one for each port, or for each of a /24 */

/**
 * struct sipalg_text - an address rendered for the core
 * @of: the address and its port, 0 before there is one
 * @text: its text
 */
struct sipalg_text {
	u64 of;
	struct addr_text text;
};

/**
 * struct sipalg_work - room for one message; too large for a stack
 * @ended: the newest dialogs that ended, a ring; a late answer must not make
 *	them again
 * @nended: how many ended so far
 * @reg: a registration as the core has it
 * @lan_text: addresses of LAN hosts that were seen
 * @wan_text: the same of our outside addresses
 * @spare: expectations that are listed nowhere, for the next bindings
 * @nspare: how many
 * @wheel: what is due when
 * @payload: a message of a flow that asks to be let in (admit.c)
 */
struct sipalg_work {
	struct sipalg_ended ended[SIPALG_ENDED];
	unsigned int nended;
	struct alg_ctx ctx;
	struct alg_pkt pkt;
	struct sipalg_txn txn;
	struct alg_reg reg;
	struct sipalg_text lan_text[SIPALG_TEXTS];
	struct sipalg_text wan_text[SIPALG_TEXTS];
	struct nf_conntrack_expect *spare[SIPALG_SPARE];
	unsigned int nspare;
	struct sipalg_wheel wheel;
	char payload[ALG_MAX_MSG + 1];
};

/**
 * struct sipalg_net - one network namespace
 * @config_mutex: serialises enable, disable, ports and settings
 * @lock: protects every object of the tables and @work; taken in softirq
 *	context too, so always with BH off
 * @enabled: hooks act; written under @config_mutex
 * @seed: keys the core's hashes; random, never shown
 * @udp_ports: bitmap of inspected ports; it changes under @config_mutex, is
 *	read under RCU
 * @by_lan: bindings by LAN address (several WANs a key)
 * @by_wan: bindings by WAN address
 * @hosts: counts by LAN address
 * @host: the one that was asked for last, or NULL
 * @early: unanswered dialogs by enum alg_dir, the oldest first (early.c)
 * @told: jiffies of the newest `exhausted` event, by enum sipalg_full
 * @nmedia: ports of media lines, as `media show` lists them
 * @generation: changes with every new or ended object, for dumps
 * @lan: modes of hosts, and local networks
 * @memory: bytes of our objects
 * @staged: configurations that wait for their COMMIT (config.c), under
 *	@config_mutex
 */
struct sipalg_net {
	struct net *net;
	struct mutex config_mutex;	/* enable, disable, ports, settings */
	spinlock_t lock;		/* every object below, and @work */
	bool enabled;
	u64 seed;
	struct nf_hook_ops hooks[SIPALG_HOOKS];	/* @priv is this struct */
	unsigned long *udp_ports;
	unsigned long *tcp_ports;
	struct sipalg_tunables tunables;
	struct sipalg_stats __percpu *stats;
	struct sipalg_work *work;

	struct sipalg_table by_lan;
	struct sipalg_table by_wan;
	struct sipalg_table regs;
	struct sipalg_table calls;
	struct sipalg_table hosts;
	struct sipalg_lanhost *host;
	struct list_head early[2];
	unsigned long told[SIPALG_FULL_KINDS];
	u32 nmedia;
	u32 generation;
	struct sipalg_lan lan;
	u64 memory;
	struct list_head staged;
};

#endif /* SIPALG_OBJECTS_H */
