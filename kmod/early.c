// SPDX-License-Identifier: GPL-2.0-only
/*
 * early.c - dialogs that nobody has answered yet, the oldest first (SEC-14).
 *
 * Whoever may send an INVITE makes one of these, and a flood makes many. At a
 * limit the one that was silent for longest gives way to the new one; an
 * answered dialog is in no list here and can never be chosen. Everything
 * wants the namespace's lock.
 */
#include "sipalg.h"

/* Behind all others. */
static void queue(struct sipalg_call *c)
{
	u8 dir = c->alg.dir;

	c->spoke = false;
	list_add_tail(&c->early, &c->sn->early[dir]);
	list_add_tail(&c->early_of_host, &c->host->early[dir]);
}

/*
 * A message of an unanswered dialog. Its place is corrected when somebody
 * looks for the oldest, so that a message costs nothing.
 */
void sipalg_early_touch(struct sipalg_call *c)
{
	if (list_empty(&c->early))
		queue(c);
	else
		c->spoke = true;
}

/* It was answered, or it ends. */
void sipalg_early_leave(struct sipalg_call *c)
{
	if (list_empty(&c->early))
		return;
	list_del_init(&c->early);
	list_del_init(&c->early_of_host);
}

static struct sipalg_call *first_of(struct list_head *list, bool of_host)
{
	if (of_host)
		return list_first_entry_or_null(list, struct sipalg_call,
						early_of_host);
	return list_first_entry_or_null(list, struct sipalg_call, early);
}

/* Who spoke since it was queued goes to the end first. */
static struct sipalg_call *find_silent(struct list_head *list, bool of_host)
{
	struct sipalg_call *c = first_of(list, of_host);
	unsigned int n = SIPALG_MAX_WALK;

	while (c && c->spoke && n--) {
		sipalg_early_leave(c);
		queue(c);
		c = first_of(list, of_host);
	}
	return c;
}

/**
 * sipalg_early_oldest() - who gives way to a new dialog
 * @early: the lists of the namespace, or of one LAN host
 * @of_host: they are a LAN host's
 *
 * One from outside if there is any: nobody in the house asked for it, and a
 * flood from there displaces itself.
 *
 * Return: the dialog to end, or NULL.
 */
struct sipalg_call *sipalg_early_oldest(struct list_head early[2],
					bool of_host)
{
	struct sipalg_call *c = find_silent(&early[ALG_IN], of_host);

	return c ?: find_silent(&early[ALG_OUT], of_host);
}
