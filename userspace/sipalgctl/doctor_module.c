// SPDX-License-Identifier: GPL-2.0-only
/*
 * doctor_module.c - is the module there, does it fit, is it on, is it set up as
 * the file says; and why it would not load.
 *
 * modprobe is asked for the reason. With -b it obeys a blacklist: a module
 * that the admin does not want stays out.
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "doctor.h"
#include "program.h"

static void chomp(char *text)
{
	text[strcspn(text, "\n")] = '\0';
}

static bool exists(const char *pattern, const char *release)
{
	char path[256];
	glob_t found;
	bool yes;

	snprintf(path, sizeof(path), pattern, release);
	yes = !glob(path, 0, NULL, &found);
	globfree(&found);
	return yes;
}

/* Build and install for the running kernel. */
static void fix_install(struct doctor *d, const char *release)
{
	if (!exists("/lib/modules/%s/build/Makefile", release))
		fix_global(d, "apt install linux-headers-%s", release);
	if (exists("/usr/src/sipalg-*/dkms.conf%s", ""))
		fix_global(d, "dkms autoinstall -k %s", release);
	else
		fix_global(d, "make install-module");
	fix_global(d, "modprobe sipalg");
}

static bool is_locked(void)
{
	FILE *f = fopen("/proc/sys/kernel/modules_disabled", "re");
	int disabled = f ? fgetc(f) : '0';

	if (f)
		fclose(f);
	return disabled == '1';
}

/* What modprobe said, as a reason; and what to do about it. */
static const struct refusal {
	const char *text;
	const char *reason;
	enum { DO_INSTALL, DO_SIGN, DO_NOTHING } fix;
} refusals[] = {
	{ "not found in directory", "it is not installed for", DO_INSTALL },
	{ "Exec format error", "it was built for another kernel than",
	  DO_INSTALL },
	{ "Invalid module format", "it was built for another kernel than",
	  DO_INSTALL },
	{ "Unknown symbol",
"it does not fit the kernel's conntrack and NAT modules, or was built for another kernel than",
	  DO_INSTALL },
	{ "Key was rejected", "its signature is missing or unknown (Secure Boot) to",
	  DO_SIGN },
	{ "Required key not available", "it is not signed with a key (Secure Boot) known to",
	  DO_SIGN },
	{ "Operation not permitted", "a container, or lockdown, may not load modules into",
	  DO_NOTHING },
};

static const struct refusal *find_refusal(const char *said)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(refusals); i++) {
		if (strstr(said, refusals[i].text))
			return &refusals[i];
	}
	return NULL;
}

static void fix_refusal(struct doctor *d, const struct refusal *r,
			const char *release)
{
	switch (r->fix) {
	case DO_INSTALL:
		fix_install(d, release);
		break;
	case DO_SIGN:
		fix_global(d,
			   "/lib/modules/%s/build/scripts/sign-file sha256 /var/lib/dkms/mok.key /var/lib/dkms/mok.pub $(modinfo -n sipalg)",
			   release);
		fix_global(d, "mokutil --import /var/lib/dkms/mok.pub");
		fix_global(d, "reboot");
		break;
	case DO_NOTHING:
		break;
	}
}

static void explain_refusal(struct doctor *d, char *said, const char *release)
{
	const struct refusal *r = find_refusal(said);

	chomp(said);
	if (r) {
		fix_refusal(d, r, release);
		doctor_fail(d, "the module does not load: %s this kernel, %s",
			    r->reason, release);
		return;
	}
	fix_global(d, "dmesg | tail");
	doctor_fail(d, "the module does not load: %s",
		    *said ? said : "modprobe does not say why");
}

static void explain_absence(struct doctor *d)
{
	static const char *const argv[] = { "modprobe", "-b", "sipalg", NULL };
	struct utsname uts;
	struct program p;

	uname(&uts);
	program_run(&p, argv);
	if (p.status == PROGRAM_ABSENT) {
		fix_global(d, "apt install kmod");
		doctor_fail(d, "the module is not loaded, and modprobe is not installed");
	} else if (!p.status) {
		fix_global(d, "modprobe sipalg");
		doctor_fail(d,
			    "the module is not loaded: a file of modprobe.d names it in a blacklist");
	} else {
		explain_refusal(d, p.err, uts.release);
	}
	program_free(&p);
}

void check_module(struct doctor *d)
{
	struct utsname uts;

	uname(&uts);
	if (d->loaded) {
		doctor_ok(d, "sipalg %s is loaded", d->version);
	} else if (access("/proc/modules", F_OK)) {
		doctor_fail(d,
			    "the kernel, %s, cannot load modules: it was built without; boot one of the distribution's",
			    uts.release);
	} else if (is_locked()) {
		fix_global(d, "reboot");
		doctor_fail(d,
			    "the module is not loaded: the sysctl kernel.modules_disabled forbids it until the next boot");
	} else {
		explain_absence(d);
	}
}

/* Does `modprobe sipalg` load what fits this tool? */
static bool is_installed(void)
{
	static const char *const argv[] = {
		"modinfo", "-F", "version", "sipalg", NULL
	};
	struct program p;
	bool yes;

	program_run(&p, argv);
	chomp(p.out);
	yes = !p.status && !strcmp(p.out, SIPALG_VERSION);
	program_free(&p);
	return yes;
}

void check_version(struct doctor *d)
{
	if (!strcmp(d->version, SIPALG_VERSION)) {
		doctor_ok(d, "module and sipalgctl are both %s", d->version);
		return;
	}
	if (!is_installed())
		fix_global(d, "make install");
	fix_global(d, "modprobe -r sipalg");
	fix_global(d, "modprobe sipalg");
	if (d->enabled)
		fix_ctl(d, "enable");
	doctor_warn(d, "the loaded module is %s, sipalgctl is %s", d->version,
		    SIPALG_VERSION);
}

void check_enabled(struct doctor *d)
{
	if (d->enabled) {
		doctor_ok(d, "SIP is helped here");
		return;
	}
	fix_ctl(d, "enable");
	doctor_fail(d, "nothing is helped before `enable`");
}

/* Where the configuration of this namespace is kept, as `ip netns exec` has it */
static void config_path(const struct doctor *d, char *path, size_t size)
{
	snprintf(path, size, "/etc/netns/%s/sipalg/sipalg.conf",
		 d->netns ? d->netns : "");
	if (!d->netns || access(path, F_OK))
		snprintf(path, size, "/etc/sipalg/sipalg.conf");
}

static unsigned int count_lines(const char *text)
{
	unsigned int n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/* This program itself reads the file: its own words say what is wrong. */
void check_config(struct doctor *d)
{
	char path[320], apply[352];
	const char *const argv[] = {
		"/proc/self/exe", "config", "diff", path, NULL
	};
	struct program p;

	config_path(d, path, sizeof(path));
	if (access(path, F_OK)) {
		doctor_ok(d, "there is no %s: what is set is not kept", path);
		return;
	}
	program_run(&p, argv);
	snprintf(apply, sizeof(apply), "config apply %s", path);
	if (!p.status) {
		doctor_ok(d, "%s is what is in force", path);
	} else if (p.status == CTL_PROBLEM) {
		fix_ctl(d, apply);
		doctor_warn(d, "%u lines are not the same in %s and in force; to keep what is in force: config save",
			    count_lines(p.out), path);
	} else {
		chomp(p.err);
		fix_global(d, "sipalgctl config check %s", path);
		doctor_fail(d, "%s cannot be applied: %s", path, p.err);
	}
	program_free(&p);
}
