/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sipalg.h - the module's map: who owns its objects (objects.h), which lock,
 * and what each file offers to the others.
 *
 * THEORY OF OPERATION
 *
 * A network namespace has one struct sipalg_net. All of its objects -
 * bindings, registrations, dialogs, media lines - are changed only under
 * sn->lock, which is held for one whole SIP message: look-ups, the core's
 * plan, the rewrite, commit or abort. Two messages of one namespace therefore
 * never see each other half done. Packets that are not SIP take no lock: they
 * leave at the first test in hook.c, or, on the first packet of a flow, after
 * an RCU look-up in the binding table finds nothing.
 *
 * Ownership: a registration holds a reference on its Contact's binding, a
 * dialog on its signalling binding, a media line on its RTP and RTCP
 * bindings. A media binding holds a reference on the conntracks that it made
 * (flow.c); the signalling conntrack, their master, is looked up by its
 * addresses. A binding is freed by RCU after it left its tables, everything
 * else at once: only bindings are looked up without the lock.
 *
 * Lock order: sn->config_mutex > sn->lock > nf_conntrack's locks. Nothing that
 * nf_conntrack calls with a lock of its own held takes sn->lock: expectfn runs
 * after nf_conntrack_expect_lock was released.
 *
 * Objects that wait for a time are on the namespace's wheel (due.c), whose
 * timer takes sn->lock in softirq context. What leaves its table leaves the
 * wheel with it.
 */
#ifndef SIPALG_H
#define SIPALG_H

#include <linux/bitmap.h>
#include <linux/in.h>
#include <linux/netfilter.h>
#include <net/netfilter/nf_conntrack_helper.h>

#include "objects.h"
#include "uapi/linux/sipalg.h"

/* cache.c */
enum sipalg_cache_kind {
	SIPALG_CACHE_SIP,
	SIPALG_CACHE_PORT,
	SIPALG_CACHE_PAIR,
	SIPALG_CACHE_FLOW,
	SIPALG_CACHE_REG,
	SIPALG_CACHE_LAST_REG = SIPALG_CACHE_REG + SIPALG_REG_SIZES - 1,
	SIPALG_CACHE_CALL,
	SIPALG_CACHE_MEDIA,
	SIPALG_CACHE_SEGMENT,
	SIPALG_CACHES,
};

extern struct kmem_cache *sipalg_cache[SIPALG_CACHES];
int sipalg_cache_init(void);
void sipalg_cache_exit(void);

/* netns.c */
extern unsigned int sipalg_net_id;
struct sipalg_net *sipalg_pernet(struct net *net);
int sipalg_netns_init(void);
void sipalg_netns_exit(void);

/**
 * sipalg_enable() - start or stop to inspect messages in a namespace
 * @sn: namespace
 * @on: true = enable
 * @extack: says why it failed, may be NULL
 *
 * Nothing changes when it already is so. Disabling forgets registrations and
 * dialogs; established flows keep their mapping (law 11). Process context.
 *
 * Return: 0 or -errno; after an error nothing is changed.
 */
int sipalg_enable(struct sipalg_net *sn, bool on,
		  struct netlink_ext_ack *extack);
int sipalg_port_add(struct sipalg_net *sn, u8 proto, u16 port,
		    struct netlink_ext_ack *extack);
int sipalg_port_del(struct sipalg_net *sn, u8 proto, u16 port,
		    struct netlink_ext_ack *extack);
void sipalg_port_flush(struct sipalg_net *sn);
void sipalg_stats_reset(struct sipalg_net *sn);
void sipalg_stats_sum(struct sipalg_net *sn, struct sipalg_stats *sum);

static inline void sipalg_count(struct sipalg_net *sn, u8 reason)
{
	this_cpu_inc(sn->stats->count[reason]);
}

/* hook.c */
int sipalg_hook_register(struct sipalg_net *sn);
void sipalg_hook_unregister(struct sipalg_net *sn);

/* remap.c */
void sipalg_remap(struct sipalg_net *sn, struct sk_buff *skb,
		  struct nf_conn *ct, const struct net_device *out,
		  const struct alg_pkt *pkt);

/* host.c */
extern const struct alg_host sipalg_host_ops;
void sipalg_host_init(struct sipalg_net *sn);
void sipalg_host_begin(struct sipalg_net *sn, struct nf_conn *ct, int oif);
bool sipalg_host_masq(const struct sipalg_net *sn);
int sipalg_host_prepare(struct sipalg_net *sn);
void sipalg_host_commit(struct sipalg_net *sn);
void sipalg_host_abort(struct sipalg_net *sn);

/* due.c */
void sipalg_due_init(struct sipalg_net *sn);
void sipalg_due_exit(struct sipalg_net *sn);
void sipalg_due_set(struct sipalg_net *sn, struct sipalg_due *d, u32 delay);
void sipalg_due_stop(struct sipalg_net *sn, struct sipalg_due *d);

/* Seconds of uptime, for times that are kept for long. */
static inline u32 sipalg_seconds(void)
{
	return (u32)div_u64(get_jiffies_64(), HZ);
}

/* binding.c: the table; the look-ups want RCU, all others sn->lock */
int sipalg_binding_init(struct sipalg_net *sn);
void sipalg_binding_flush(struct sipalg_net *sn);
void sipalg_binding_exit(struct sipalg_net *sn);
void sipalg_binding_due(struct sipalg_binding *b);
struct sipalg_binding *sipalg_binding_by_lan(struct sipalg_net *sn,
					     const struct sipalg_key *lan,
					     int oif,
					     const struct sipalg_key *wan);
struct sipalg_binding *sipalg_binding_alone(struct sipalg_net *sn,
					    const struct sipalg_key *lan,
					    const struct sipalg_key *wan);
struct sipalg_binding *sipalg_binding_towards(struct sipalg_net *sn,
					      const struct sipalg_key *lan,
					      int oif,
					      const struct sipalg_key *far);
struct sipalg_binding *sipalg_binding_by_wan(struct sipalg_net *sn,
					     const struct sipalg_key *wan);
struct sipalg_binding *sipalg_binding_new(struct sipalg_net *sn,
					  const struct sipalg_key *lan,
					  const struct sipalg_key *wan,
					  u8 kind);
void sipalg_binding_get(struct sipalg_binding *b);
void sipalg_binding_put(struct sipalg_binding *b, bool kill_flows);
void sipalg_binding_touch(struct sipalg_binding *b);
void sipalg_binding_drop(struct sipalg_binding *b);
struct nf_conn *sipalg_binding_flow(const struct sipalg_binding *b,
				    const struct nf_conntrack_zone *zone);
void sipalg_binding_signal(struct sipalg_binding *b,
			   const struct alg_pkt *pkt);

/* port.c */
bool sipalg_port_refused(const struct sipalg_key *lan, u16 own);
bool sipalg_port_served(struct sipalg_net *sn, const struct sipalg_key *wan,
			int ifindex);
bool sipalg_port_free(struct sipalg_net *sn, const struct sipalg_key *wan,
		      int ifindex);
int sipalg_port_pick(struct sipalg_net *sn, const struct sipalg_key *lan,
		     struct sipalg_key *wan, int ifindex, bool pair);

/* lanhost.c */
int sipalg_lanhost_init(struct sipalg_net *sn);
void sipalg_lanhost_exit(struct sipalg_net *sn);
struct sipalg_lanhost *sipalg_lanhost_find(struct sipalg_net *sn,
					   const struct sipalg_key *lan);
int sipalg_lanhost_get(struct sipalg_net *sn, const struct sipalg_key *lan,
		       enum sipalg_lanhost_what what, u32 max,
		       struct sipalg_lanhost **out);
void sipalg_lanhost_put(struct sipalg_net *sn, const struct sipalg_key *lan,
			enum sipalg_lanhost_what what);

/* lookup.c: the NAT look-ups on new flows */
int sipalg_lookup_register(struct sipalg_net *sn);
void sipalg_lookup_unregister(struct sipalg_net *sn);

/* adopt.c: process context */
void sipalg_adopt(struct sipalg_net *sn);

/* admit.c */
bool sipalg_admits(const struct sipalg_binding *b,
		   const struct sipalg_key *src, const struct sk_buff *skb);

/* pinhole.c: the helper and its expectations */
extern struct nf_conntrack_helper *sipalg_helper;
int sipalg_pinhole_init(void);
void sipalg_pinhole_stop(void);
void sipalg_pinhole_exit(void);
bool sipalg_attach(struct nf_conn *ct);
void sipalg_pinhole_open(struct sipalg_binding *b, struct nf_conn *master);
void sipalg_pinhole_close(struct sipalg_binding *b);
void sipalg_pinhole_flush(struct sipalg_net *sn);

/* Does this flow carry our helper? */
static inline bool sipalg_attached(const struct nf_conn *ct)
{
	const struct nf_conn_help *ext = nfct_help(ct);

	return ext && rcu_access_pointer(ext->helper) == sipalg_helper;
}

/* flow.c: the conntracks that media bindings made; sn->lock held */
bool sipalg_flow_admit(struct sipalg_binding *b, struct nf_conn *ct,
		       enum alg_dir dir, bool early);
void sipalg_flow_prune(struct sipalg_binding *b);
void sipalg_flow_release(struct sipalg_binding *b, bool kill);
void sipalg_flow_packets(const struct sipalg_binding *b, u64 packets[2]);
bool sipalg_flow_used(const struct sipalg_binding *b);
bool sipalg_flow_live(const struct sipalg_binding *b);
void sipalg_flow_extend(struct nf_conn *ct, u64 life);
bool sipalg_flow_purge(struct sipalg_binding *b, const struct sipalg_key *src,
		       const struct sipalg_key *dst);
bool sipalg_flow_stray(struct sipalg_net *sn, const struct sk_buff *skb,
		       struct nf_conn *ct);

/* gso.c */
unsigned int sipalg_gso_split(struct sk_buff *skb,
			      const struct nf_hook_state *state,
			      nf_hookfn *fn);

/* rewrite.c */
int sipalg_rewrite(struct sipalg_net *sn, struct sk_buff *skb,
		   unsigned int protoff);

/* reg.c */
int sipalg_reg_init(struct sipalg_net *sn);
void sipalg_reg_exit(struct sipalg_net *sn);
void sipalg_reg_due(struct sipalg_reg *r);
static inline struct sipalg_reg *sipalg_reg_of(struct sipalg_node *n)
{
	return container_of(n, struct sipalg_reg, node);
}

struct sipalg_reg *sipalg_reg_find(struct sipalg_net *sn, u64 key);
struct alg_reg *sipalg_reg_load(const struct sipalg_reg *r,
				struct alg_reg *alg);
int sipalg_reg_prepare(struct sipalg_net *sn);
void sipalg_reg_commit(struct sipalg_net *sn);
void sipalg_reg_abort(struct sipalg_net *sn);
u32 sipalg_reg_left(const struct sipalg_reg *r);
/* Process context; take sn->lock. Return: how many ended. */
unsigned int sipalg_reg_del(struct sipalg_net *sn, const char *aor,
			    size_t len);
unsigned int sipalg_reg_flush(struct sipalg_net *sn);

/* reglist.c: the registrations of a binding; sn->lock held */
void sipalg_reglist_add(struct sipalg_binding *b, struct sipalg_reg *r);
void sipalg_reglist_newest(struct sipalg_binding *b, struct sipalg_reg *r);
void sipalg_reglist_settle(struct sipalg_binding *b);
void sipalg_reglist_close(struct sipalg_binding *b);
bool sipalg_is_contact(const struct sipalg_binding *b, u32 user);
bool sipalg_is_registrar(const struct sipalg_binding *b, __be32 src);

/* Seconds of uptime at which a granted registration is over. */
static inline u32 sipalg_reg_over(const struct sipalg_net *sn,
				  const struct sipalg_reg *r)
{
	return r->ends + READ_ONCE(sn->tunables.reg_grace);
}

/* regtext.c: what a registration says */
struct sipalg_said {
	struct span aor;
	struct span contact;	/* what is kept of it */
	u8 form;		/* enum sipalg_contact_form */
	u32 user;		/* struct sipalg_reg */
};

void sipalg_regtext_read(struct sipalg_net *sn, const struct sipalg_binding *b,
			 struct sipalg_said *said);
u32 sipalg_regtext_hash(struct sipalg_net *sn);
size_t sipalg_regtext_contact(const struct sipalg_reg *r,
			      char out[SIPALG_TEXT]);

/* call.c */
int sipalg_call_init(struct sipalg_net *sn);
void sipalg_call_exit(struct sipalg_net *sn);
void sipalg_call_due(struct sipalg_call *c);
static inline struct sipalg_call *sipalg_call_of(struct sipalg_node *n)
{
	return container_of(n, struct sipalg_call, node);
}

struct sipalg_call *sipalg_call_find(struct sipalg_net *sn, u64 key);
int sipalg_call_prepare(struct sipalg_net *sn);
void sipalg_call_commit(struct sipalg_net *sn);
void sipalg_call_abort(struct sipalg_net *sn);
/* Process context; takes sn->lock. Flows die with their call if @kill. */
unsigned int sipalg_call_flush(struct sipalg_net *sn, bool kill);

/* early.c: unanswered dialogs; sn->lock held */
void sipalg_early_touch(struct sipalg_call *c);
void sipalg_early_leave(struct sipalg_call *c);
struct sipalg_call *sipalg_early_oldest(struct list_head early[2],
					bool of_host);

/* media.c: the media lines of dialogs */
int sipalg_media_open(struct sipalg_net *sn, struct alg_media *m);
int sipalg_media_prepare(struct sipalg_net *sn);
void sipalg_media_abort(struct sipalg_net *sn);
void sipalg_media_commit(struct sipalg_net *sn, struct sipalg_call *call);
void sipalg_media_answer(struct sipalg_call *call);
void sipalg_media_reject(struct sipalg_call *call);
void sipalg_media_release(struct sipalg_call *call, bool kill_flows);
void sipalg_media_timeout(struct sipalg_call *call);
void sipalg_media_tend(struct sipalg_call *call, const struct alg_pkt *pkt);
bool sipalg_media_live(const struct sipalg_call *call);
unsigned int sipalg_media_flush(struct sipalg_net *sn);

/* genl.c: events, called with sn->lock held, BH off; any may be a no-op */
int sipalg_genl_init(void);
void sipalg_genl_exit(void);
void sipalg_event_reg(struct sipalg_reg *r, enum sipalg_event event);
void sipalg_event_call(struct sipalg_call *c, enum sipalg_event event);
void sipalg_event_media(struct sipalg_call *c, struct sipalg_media *m,
			enum sipalg_event event);
void sipalg_event_exhausted(struct sipalg_net *sn, enum sipalg_full what,
			    const struct sipalg_key *lan);

/* addr.c-like inlines: the core's and the kernel's view of an address */
/* Stored as one word: the tables are asked for that next. */
static inline void sipalg_key_set(struct sipalg_key *k, __be32 v4, u16 port,
				  u8 proto, u8 family)
{
#ifdef __LITTLE_ENDIAN
	k->word = (__force u32)v4 | (u64)port << 32 | (u64)proto << 48 |
		  (u64)family << 56;
#else
	k->word = (u64)(__force u32)v4 << 32 | (u32)port << 16 |
		  (u32)proto << 8 | family;
#endif
}

static inline void sipalg_key_from_ep(struct sipalg_key *k,
				      const struct alg_ep *ep, u8 proto)
{
	sipalg_key_set(k, (__force __be32)ep->v4, ep->port, proto,
		       ep->family == 4 ? 4 : 0);
}

static inline void sipalg_key_to_ep(const struct sipalg_key *k,
				    struct alg_ep *ep)
{
	ep->w[0] = 0;
	ep->w[1] = 0;
	ep->v4 = (__force u32)k->v4;
	ep->port = k->port;
	ep->family = k->family;
}

static inline void sipalg_key_v4(struct sipalg_key *k, __be32 ip, __be16 port,
				 u8 proto)
{
	sipalg_key_set(k, ip, ntohs(port), proto, 4);
}

/* An address that is not of the Internet: private, loopback, multicast. */
static inline bool sipalg_is_private(__be32 ip)
{
	return ipv4_is_private_10(ip) || ipv4_is_private_172(ip) ||
	       ipv4_is_private_192(ip) || ipv4_is_linklocal_169(ip) ||
	       ipv4_is_loopback(ip) || ipv4_is_multicast(ip) ||
	       ipv4_is_zeronet(ip) || ipv4_is_lbcast(ip);
}

static inline bool sipalg_key_same_ip(const struct sipalg_key *a,
				      const struct sipalg_key *b)
{
	return a->v4 == b->v4 && a->family == b->family;
}

#endif /* SIPALG_H */
