// SPDX-License-Identifier: GPL-2.0-only
/*
 * reg.c - registrations: the table of the core's struct alg_reg.
 *
 * A registration is pending from its REGISTER to the 2xx that grants it, then
 * active for the granted time and a grace. It holds its Contact's binding,
 * and through that the way in. The core decides (dialog.c); this file keeps,
 * counts and forgets. It must never be created by anything but a REGISTER of
 * a LAN host that passed the grammar gate.
 */
#include <linux/slab.h>
#include <linux/string.h>

#include "compat.h"
#include "sipalg.h"
#include "uri.h"

SIPALG_KEYED(struct sipalg_reg, node, alg.key);
SIPALG_KEYED(struct sipalg_reg, of_contact, contact);

int sipalg_reg_init(struct sipalg_net *sn)
{
	int err;

	err = sipalg_table_init(&sn->regs, &sn->lock);
	if (err)
		return err;
	err = sipalg_table_init(&sn->contacts, &sn->lock);
	if (err)
		sipalg_table_exit(&sn->regs);
	return err;
}

void sipalg_reg_exit(struct sipalg_net *sn)
{
	sipalg_table_exit(&sn->contacts);
	sipalg_table_exit(&sn->regs);
}

struct sipalg_reg *sipalg_reg_find(struct sipalg_net *sn, u64 key)
{
	struct sipalg_node *n = sipalg_table_find(&sn->regs, key);

	return n ? sipalg_reg_of(n) : NULL;
}

/* Seconds until the granted time ends; for `reg show`. */
u32 sipalg_reg_left(const struct sipalg_reg *r)
{
	u32 now = sipalg_seconds();

	return r->ends > now ? r->ends - now : 0;
}

/* The second in which it is over, grace included. */
static u32 over_at(const struct sipalg_net *sn, const struct sipalg_reg *r)
{
	return r->ends + READ_ONCE(sn->tunables.reg_grace);
}

static void set_due(struct sipalg_net *sn, struct sipalg_reg *r, u32 seconds)
{
	sipalg_due_set(sn, &r->due, min_t(u64, (u64)seconds * HZ, S32_MAX));
}

static size_t size_of(const struct sipalg_reg *r)
{
	return sizeof(*r) +
	       (r->text == r->room ? 0 : r->aor_len + r->contact_len);
}

/**
 * sipalg_contact_key() - a registered contact as one number
 * @sn: namespace
 * @wan: the host and port that the far side sees
 * @user: hash of its user part
 */
u64 sipalg_contact_key(const struct sipalg_net *sn,
		       const struct sipalg_key *wan, u64 user)
{
	return span_mix(user ^ sn->seed, wan->word);
}

/* Is a contact registered, by anybody who answers to it? sn->lock is held. */
bool sipalg_contact_active(struct sipalg_net *sn, u64 contact)
{
	struct sipalg_node *n = sipalg_table_find(&sn->contacts, contact);
	const struct sipalg_reg *r;

	for (; n; n = sipalg_table_again(&sn->contacts, n)) {
		r = container_of(n, struct sipalg_reg, of_contact);
		if (r->alg.state == ALG_REG_ACTIVE)
			return true;
	}
	return false;
}

/*
 * Conntracks of a binding are kept alive to the end of its last registration;
 * of a PBX with many it may be that of one which ended earlier. Nearly always
 * another one ends at the same time or later.
 */
static void settle(struct sipalg_binding *b)
{
	const struct sipalg_reg *r;
	unsigned int n = 0;
	u32 until = 0;

	hlist_for_each_entry(r, &b->regs, of_binding) {
		if (r->alg.state == ALG_REG_ACTIVE)
			until = max(until, over_at(b->sn, r));
		if (until == b->until || ++n == SIPALG_MAX_WALK)
			return;
	}
	b->until = until;
}

static void leave_binding(struct sipalg_reg *r)
{
	struct sipalg_binding *b = r->binding;

	if (!b)
		return;
	hlist_del(&r->of_binding);
	r->binding = NULL;
	settle(b);
	sipalg_binding_put(b, false);
}

static void leave_contacts(struct sipalg_reg *r)
{
	if (r->contact)
		sipalg_table_del(&r->sn->contacts, &r->of_contact);
	r->contact = 0;
}

static void join_contacts(struct sipalg_reg *r, u64 contact)
{
	if (r->contact == contact)
		return;
	leave_contacts(r);
	r->contact = contact;
	if (contact)
		sipalg_table_add(&r->sn->contacts, &r->of_contact);
}

/* Has it been said before, by the same way? */
static bool is_said(const struct sipalg_net *sn, const struct sipalg_reg *r)
{
	const struct alg_step *step = &sn->work->ctx.step;
	const char *data = sn->work->pkt.data;
	struct sipalg_key wan;

	sipalg_key_from_ep(&wan, &step->wan_contact, sn->work->pkt.proto);
	return r->contact && r->wan.word == wan.word &&
	       r->aor_len == step->aor.len &&
	       r->contact_len == step->contact.len &&
	       !memcmp(r->text, data + step->aor.off, r->aor_len) &&
	       !memcmp(r->text + r->aor_len, data + step->contact.off,
		       r->contact_len);
}

/* AOR and Contact are copied before the message is rewritten. */
static void copy_text(struct sipalg_net *sn, char *to)
{
	const struct alg_step *step = &sn->work->ctx.step;
	const struct sipalg_txn *txn = &sn->work->txn;
	const char *data = sn->work->pkt.data;

	memcpy(to, data + step->aor.off, txn->aor_len);
	memcpy(to + txn->aor_len, data + step->contact.off, txn->contact_len);
}

/* Hash of the user part, without password, of a SIP URI. */
static u64 hash_user(const struct sip_buf *buf, struct span uri, u64 seed)
{
	u8 scheme;
	u32 host = sip_uri_host(buf, uri, &scheme);
	u32 from = uri.off + (scheme == SIP_SCHEME_SIPS ? 5 : 4);
	u32 to = host > from ? host - 1 : from;

	return span_hash(buf, span_make(from, span_seek(buf, from, to, ':')),
			 seed);
}

static void measure_text(struct sipalg_net *sn)
{
	const struct alg_step *step = &sn->work->ctx.step;
	const struct sip_buf *buf = &sn->work->ctx.msg.buf;
	struct sipalg_txn *txn = &sn->work->txn;
	struct sipalg_key wan;

	txn->aor_len = min_t(u16, step->aor.len, SIPALG_TEXT);
	txn->contact_len = min_t(u16, step->contact.len, SIPALG_TEXT);
	sipalg_key_from_ep(&wan, &step->wan_contact, sn->work->pkt.proto);
	txn->contact = sipalg_contact_key(sn, &wan,
					  hash_user(buf, step->contact,
						    sn->seed));
}

/* What a registration says may be another thing than at its last REGISTER. */
static int renew_text(struct sipalg_net *sn)
{
	struct sipalg_txn *txn = &sn->work->txn;

	if (!sn->work->ctx.step.reg.asked || is_said(sn, txn->reg))
		return 0;
	measure_text(sn);
	txn->text = kmalloc(txn->aor_len + txn->contact_len + 1, GFP_ATOMIC);
	if (!txn->text)
		return -ENOMEM;
	copy_text(sn, txn->text);
	return 0;
}

static void free_now(struct sipalg_reg *r)
{
	if (r->text != r->room)
		kfree(r->text);
	kmem_cache_free(sipalg_cache[SIPALG_CACHE_REG], r);
}

static struct sipalg_reg *make(struct sipalg_net *sn)
{
	struct sipalg_txn *txn = &sn->work->txn;
	struct sipalg_reg *r;

	r = kmem_cache_alloc(sipalg_cache[SIPALG_CACHE_REG], GFP_ATOMIC);
	if (!r)
		return NULL;
	memset(r, 0, offsetof(struct sipalg_reg, room));
	measure_text(sn);
	r->alg = sn->work->ctx.step.reg;
	r->due.kind = SIPALG_DUE_REG;
	r->aor_len = txn->aor_len;
	r->contact_len = txn->contact_len;
	r->text = r->room;
	if (r->aor_len + r->contact_len > SIPALG_REG_ROOM)
		r->text = kmalloc(r->aor_len + r->contact_len, GFP_ATOMIC);
	if (!r->text) {
		free_now(r);
		return NULL;
	}
	copy_text(sn, r->text);
	return r;
}

static void end_reg(struct sipalg_reg *r, enum sipalg_event event)
{
	struct sipalg_net *sn = r->sn;

	if (r->alg.state == ALG_REG_ACTIVE)
		sipalg_event_reg(r, event);
	leave_binding(r);
	leave_contacts(r);
	sipalg_lanhost_put(sn, &r->host, SIPALG_HOST_REGS);
	sipalg_table_del(&sn->regs, &r->node);
	sn->memory -= size_of(r);
	sn->generation++;
	sipalg_due_stop(sn, &r->due);
	free_now(r);
}

void sipalg_reg_due(struct sipalg_reg *r)
{
	u32 now = sipalg_seconds(), until = over_at(r->sn, r);

	if (r->alg.state == ALG_REG_ACTIVE && until > now)
		set_due(r->sn, r, until - now);
	else
		end_reg(r, SIPALG_EVENT_EXPIRE);
}

/* Counts it and lists it. */
static int enlist(struct sipalg_net *sn, struct sipalg_reg *r)
{
	const struct sipalg_tunables *t = &sn->tunables;
	struct sipalg_key lan;
	int err;

	sipalg_key_from_ep(&lan, &sn->work->pkt.lan, sn->work->pkt.proto);
	if (sn->regs.count >= READ_ONCE(t->max_regs)) {
		sipalg_event_exhausted(sn, SIPALG_FULL_REGS, &lan);
		return -ENOSPC;
	}
	err = sipalg_lanhost_get(sn, &lan, SIPALG_HOST_REGS,
				 READ_ONCE(t->max_regs_per_host), NULL);
	if (err == -ENOSPC)
		sipalg_event_exhausted(sn, SIPALG_FULL_REGS_HOST, &lan);
	if (err)
		return err;
	sipalg_table_add(&sn->regs, &r->node);	/* reg_find() found none */
	r->host = lan;
	r->sn = sn;
	sn->memory += size_of(r);
	sn->generation++;
	return 0;
}

/**
 * sipalg_reg_prepare() - make the registration that this message begins
 * @sn: namespace, locked
 *
 * Return: 0, -ENOMEM, -ENOSPC at a limit.
 */
int sipalg_reg_prepare(struct sipalg_net *sn)
{
	const struct alg_step *step = &sn->work->ctx.step;
	struct sipalg_txn *txn = &sn->work->txn;
	struct sipalg_reg *r;
	int err;

	if (step->what != ALG_STEP_REG_PENDING)
		return 0;
	if (!step->reg.asked && !txn->reg)
		return 0;	/* it unregisters what is not there */
	if (txn->reg)
		return renew_text(sn);
	r = make(sn);
	if (!r)
		return -ENOMEM;
	err = enlist(sn, r);
	if (err) {
		free_now(r);
		return err;
	}
	txn->reg = r;
	txn->reg_made = true;
	return 0;
}

void sipalg_reg_abort(struct sipalg_net *sn)
{
	struct sipalg_txn *txn = &sn->work->txn;

	if (txn->reg_made)
		end_reg(txn->reg, SIPALG_EVENT_END);
	txn->reg_made = false;
	txn->reg = NULL;
	kfree(txn->text);
	txn->text = NULL;
}

static void join_binding(struct sipalg_net *sn, struct sipalg_reg *r)
{
	struct sipalg_binding *b = sn->work->txn.bind;

	if (r->binding && r->binding->wan.word == r->wan.word)
		return;
	if (!b || b->wan.word != r->wan.word)
		b = sipalg_binding_by_wan(sn, &r->wan);
	if (!b || b->kind != SIPALG_BINDING_SIP)
		return;
	leave_binding(r);
	sipalg_binding_get(b);
	hlist_add_head(&r->of_binding, &b->regs);
	r->binding = b;
}

static void take_text(struct sipalg_reg *r, struct sipalg_txn *txn)
{
	if (!txn->text)
		return;
	r->sn->memory -= size_of(r);
	if (r->text != r->room)
		kfree(r->text);
	r->text = txn->text;
	r->aor_len = txn->aor_len;
	r->contact_len = txn->contact_len;
	r->sn->memory += size_of(r);
	txn->text = NULL;
}

static void pending(struct sipalg_net *sn, struct sipalg_reg *r)
{
	struct sipalg_txn *txn = &sn->work->txn;
	const struct alg_pkt *pkt = &sn->work->pkt;
	const struct alg_step *step = &sn->work->ctx.step;

	r->alg = step->reg;
	if (txn->text || txn->reg_made)
		join_contacts(r, txn->contact);
	take_text(r, txn);
	sipalg_key_from_ep(&r->lan, &step->lan_contact, pkt->proto);
	sipalg_key_from_ep(&r->wan, &step->wan_contact, pkt->proto);
	sipalg_key_from_ep(&r->peer, &pkt->peer, pkt->proto);
	join_binding(sn, r);
	if (r->alg.state == ALG_REG_PENDING)
		set_due(sn, r, SIPALG_TRANSACTION_S);
}

static void activate(struct sipalg_net *sn, struct sipalg_reg *r)
{
	bool fresh = r->alg.state == ALG_REG_PENDING;
	u32 now = sipalg_seconds(), until;

	r->alg = sn->work->ctx.step.reg;
	r->alg.state = ALG_REG_ACTIVE;
	r->ends = now + min_t(u32, r->alg.expires, SIPALG_MAX_GRANT_S);
	until = over_at(sn, r);
	set_due(sn, r, until - now);
	if (r->binding) {
		hlist_del(&r->of_binding);
		hlist_add_head(&r->of_binding, &r->binding->regs);
		if (until >= r->binding->until)
			r->binding->until = until;
		else
			settle(r->binding);
	}
	sn->generation++;
	sipalg_event_reg(r, fresh ? SIPALG_EVENT_NEW : SIPALG_EVENT_UPDATE);
}

/**
 * sipalg_reg_commit() - carry out a step of the registration machine
 * @sn: namespace, locked
 */
void sipalg_reg_commit(struct sipalg_net *sn)
{
	struct sipalg_reg *r = sn->work->txn.reg;

	if (!r)
		return;		/* and no text either */
	switch (sn->work->ctx.step.what) {
	case ALG_STEP_REG_PENDING:
		pending(sn, r);
		break;
	case ALG_STEP_REG_ACTIVE:
		activate(sn, r);
		break;
	case ALG_STEP_REG_FAILED:
	case ALG_STEP_REG_END:
		end_reg(r, SIPALG_EVENT_END);
		break;
	}
	kfree(sn->work->txn.text);
	sn->work->txn.text = NULL;
}

struct aor {
	const char *text;
	size_t len;
};

static bool end_one(struct sipalg_node *n, void *data)
{
	struct sipalg_reg *r = sipalg_reg_of(n);
	const struct aor *aor = data;

	if (aor->text && (r->aor_len != aor->len ||
			  memcmp(r->text, aor->text, aor->len)))
		return false;
	end_reg(r, SIPALG_EVENT_END);
	return true;
}

/* All registrations with this AOR, or all of them with NULL. */
unsigned int sipalg_reg_del(struct sipalg_net *sn, const char *aor,
			    size_t len)
{
	struct aor wanted = { .text = aor, .len = len };

	return sipalg_table_each(&sn->regs, end_one, &wanted);
}

unsigned int sipalg_reg_flush(struct sipalg_net *sn)
{
	return sipalg_reg_del(sn, NULL, 0);
}
