# nmt: six programs over one library. `make help` lists what can be made.
#
# BUILD names the folder of everything made, so that variants live side by side:
#   make                                  the programs, in build/bin
#   make BUILD=build/clang CC=clang       another compiler
#   make SAN=address,undefined check      with sanitizers, in build/san-address,undefined
#   make DEVELOPER=1                      warnings are errors

VERSION := 0.1.0
CC ?= cc
ifeq ($(origin CC),default)
CC := gcc
endif
PREFIX ?= /usr/local
DESTDIR ?=
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
INCLUDEDIR ?= $(PREFIX)/include
MANDIR ?= $(PREFIX)/share/man
DOCDIR ?= $(PREFIX)/share/doc/nmt
BASHDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR ?= $(PREFIX)/share/zsh/site-functions
FISHDIR ?= $(PREFIX)/share/fish/vendor_completions.d
INSTALL ?= install

ifdef SAN
BUILD ?= build/san-$(SAN)
else
BUILD ?= build
endif

# MPI=1: nmt-train over several machines, by Open MPI (any other that pkg-config knows: MPI_PKG).
MPI_PKG ?= ompi-c

OPT ?= -O2
WARN := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wmissing-prototypes -Wstrict-prototypes
ifdef DEVELOPER
WARN += -Werror
endif
SANFLAGS := $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all -g)

# --- what must be there ------------------------------------------------------------------

PKGS := openblas yaml-0.1 libutf8proc libxxhash
ifdef MPI
PKGS += $(MPI_PKG)
endif
DEB_openblas := libopenblas-dev
DEB_yaml-0.1 := libyaml-dev
DEB_libutf8proc := libutf8proc-dev
DEB_libxxhash := libxxhash-dev
DEB_criterion := libcriterion-dev
DEB_ompi-c := libopenmpi-dev openmpi-bin
DEB_PACKAGES := gcc make pkg-config libopenblas-dev libyaml-dev libutf8proc-dev libxxhash-dev \
	libcriterion-dev jq mandoc $(if $(MPI),libopenmpi-dev openmpi-bin)

NEEDS_BUILD := $(filter-out help deps clean style tags dist nmt.h uninstall,$(or $(MAKECMDGOALS),all))
ifneq ($(filter-out deps,$(NEEDS_BUILD)),)
ifeq ($(filter deps,$(MAKECMDGOALS)),)
ifeq ($(shell command -v pkg-config),)
$(error pkg-config is missing: run `make deps`, or install the package pkg-config)
endif
$(foreach p,$(PKGS),$(if $(shell pkg-config --exists $(p) && echo yes),,\
	$(error the library $(p) is missing: run `make deps`, or install $(DEB_$(p)))))
endif
endif

PKG_CFLAGS = $(shell pkg-config --cflags $(PKGS))
PKG_LIBS = $(shell pkg-config --libs $(PKGS))
TEST_LIBS = $(shell pkg-config --libs criterion)

# _POSIX_C_SOURCE: the interfaces we may use. -ffp-contract=off: the portable kernels give the
# same bits with every compiler; the wide ones ask for fused operations themselves.
CPPFLAGS_ALL = -Ilibnmt/include -Ilibnmt -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700 \
	-DNMT_VERSION='"$(VERSION)"' $(PKG_CFLAGS) $(CPPFLAGS)
CFLAGS_ALL = -std=c17 $(OPT) -ffp-contract=off -pthread -MMD -MP $(WARN) $(SANFLAGS) $(CFLAGS)
LDFLAGS_ALL = -pthread $(SANFLAGS) $(LDFLAGS)
LIBS = $(PKG_LIBS) -lm

# --- sources -----------------------------------------------------------------------------

ROOMS := base math text io layer model search train score draw
RANKS_UNUSED := $(if $(MPI),libnmt/train/ranks_alone.c,libnmt/train/ranks_mpi.c)
LIB_SRC := $(filter-out $(RANKS_UNUSED),$(sort $(foreach r,$(ROOMS),$(wildcard libnmt/$(r)/*.c))))
PROGRAMS := nmt-vocab nmt-encode nmt-train nmt-decode nmt-align nmt-bleu
CMD_SHARED := cmd/cli.c
PROGRAMS_HERE := $(filter $(PROGRAMS),$(patsubst cmd/%.c,%,$(wildcard cmd/nmt-*.c)))
UNIT_SRC := $(sort $(wildcard tests/unit/*.c))
REAL_SRC := $(sort $(wildcard tests/unit/real/*.c))
FUZZ := $(patsubst tests/fuzz/%.c,%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))

# The kernels are one source, built for each instruction set and chosen at run time.
KERNELS := $(wildcard libnmt/math/kernels.c)
PLAIN_SRC := $(filter-out $(KERNELS),$(LIB_SRC))
ifneq ($(filter x86_64 amd64,$(shell uname -m)),)
ISAS := portable avx2 avx512 avx512vnni avx512bf16
else
ISAS := portable
endif
ISA_portable :=
ISA_avx2 := -mavx2 -mfma -ffp-contract=fast
ISA_avx512 := -mavx512f -mavx512dq -mavx512bw -mavx512vl -mfma -mprefer-vector-width=512 \
	-ffp-contract=fast
ISA_avx512vnni := $(ISA_avx512) -mavx512vnni
ISA_avx512bf16 := $(ISA_avx512vnni) -mavx512bf16

# libnmt is built for float, and for double (tests of gradients): $(1) is obj or obj64.
lib_objects = $(patsubst %.c,$(BUILD)/$(1)/%.o,$(PLAIN_SRC)) \
	$(if $(KERNELS),$(foreach i,$(ISAS),$(BUILD)/$(1)/libnmt/math/kernels_$(i).o))
LIB := $(BUILD)/lib/libnmt.a
LIB64 := $(BUILD)/lib/libnmt64.a
BINS := $(PROGRAMS_HERE:%=$(BUILD)/bin/%)

.PHONY: all lib help deps check check-unit check-cli check-golden check-docs demo bench fuzz fuzzers \
	install uninstall clean style tags dist nmt.h
# Not .SECONDARY: it would keep $(BUILD)/flags from ever being looked at.
.PRECIOUS: $(BUILD)/obj/%.o $(BUILD)/obj64/%.o
.DELETE_ON_ERROR:

all: $(BINS)
lib: $(LIB)

# Everything depends on the flags it was built with.
FLAGS_NOW := $(CC) $(CFLAGS_ALL) $(CPPFLAGS) $(LDFLAGS_ALL) $(VERSION)
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(FLAGS_NOW))' | cmp -s - $@ || \
		printf '%s\n' '$(subst ','\'',$(FLAGS_NOW))' > $@
FORCE:

define compile
@mkdir -p $(@D)
@printf '  CC      %s\n' '$@'
@$(CC) $(CPPFLAGS_ALL) $(1) $(CFLAGS_ALL) $(2) -c -o $@ $<
endef

# Criterion's assertion macros assign int to one-bit fields: -Wconversion cannot be had there.
$(BUILD)/obj/tests/unit/%.o: tests/unit/%.c $(BUILD)/flags
	$(call compile,,-Wno-conversion)
$(BUILD)/obj64/tests/unit/%.o: tests/unit/%.c $(BUILD)/flags
	$(call compile,-DNMT_DOUBLE,-Wno-conversion)
$(BUILD)/obj/tests/plain/%.o: tests/plain/%.c $(BUILD)/flags
	$(call compile,,-Wno-conversion -Wno-missing-prototypes)
$(BUILD)/obj/%.o: %.c $(BUILD)/flags
	$(call compile,,)
$(BUILD)/obj64/%.o: %.c $(BUILD)/flags
	$(call compile,-DNMT_DOUBLE,)

# -Wno-psabi: vectors wider than the machine's are passed to functions, all of which are inlined.
define kernel_rules
$(BUILD)/obj/libnmt/math/kernels_$(1).o: $(KERNELS) $(BUILD)/flags
	$$(call compile,-DNMT_ISA=$(1),$(if $(SAN),-O1,-O3) -Wno-psabi $(ISA_$(1)))
$(BUILD)/obj64/libnmt/math/kernels_$(1).o: $(KERNELS) $(BUILD)/flags
	$$(call compile,-DNMT_DOUBLE -DNMT_ISA=$(1),$(if $(SAN),-O1,-O3) -Wno-psabi $(ISA_$(1)))
endef
$(foreach i,$(ISAS),$(eval $(call kernel_rules,$(i))))

$(LIB): $(call lib_objects,obj)
$(LIB64): $(call lib_objects,obj64)
$(LIB) $(LIB64):
	@mkdir -p $(@D)
	@rm -f $@
	@printf '  AR      %s\n' '$@'
	@ar rcs $@ $^

$(BUILD)/bin/nmt-train: $(BUILD)/obj/cmd/train_log.o $(BUILD)/obj/cmd/progress.o
$(BUILD)/bin/nmt-vocab: $(patsubst %,$(BUILD)/obj/cmd/%.o,vocab_options vocab_job vocab_codes vocab_check uses files)
$(BUILD)/bin/nmt-bleu: $(BUILD)/obj/cmd/bleu_options.o $(BUILD)/obj/cmd/files.o
$(BUILD)/bin/nmt-align: $(BUILD)/obj/cmd/align_source.o $(BUILD)/obj/cmd/record_range.o
$(BUILD)/bin/nmt-encode $(BUILD)/bin/nmt-decode: $(patsubst %,$(BUILD)/obj/cmd/%.o,gather files progress tally)
$(BUILD)/bin/nmt-decode: $(patsubst %,$(BUILD)/obj/cmd/%.o,search_options print_options given record_range)
$(BUILD)/bin/nmt-%: $(BUILD)/obj/cmd/nmt-%.o $(CMD_SHARED:%.c=$(BUILD)/obj/%.o) $(LIB)
	@mkdir -p $(@D)
	@printf '  LINK    %s\n' '$@'
	@$(CC) $(LDFLAGS_ALL) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(LIBS)

# --- tests -------------------------------------------------------------------------------

# tests/unit/*.c run once; tests/unit/real/*.c run against the float and the double library.
$(BUILD)/tests/unit: $(UNIT_SRC:%.c=$(BUILD)/obj/%.o) $(REAL_SRC:%.c=$(BUILD)/obj/%.o) $(LIB)
$(BUILD)/tests/unit64: $(REAL_SRC:%.c=$(BUILD)/obj64/%.o) $(LIB64)
# Criterion's own runner does not live beside thread sanitizer: see the file.
ifneq ($(findstring thread,$(SAN)),)
$(BUILD)/tests/unit $(BUILD)/tests/unit64: $(BUILD)/obj/tests/plain/runner.o
endif
$(BUILD)/tests/unit $(BUILD)/tests/unit64:
	@$(if $(TEST_LIBS),,echo 'the library criterion is missing: run `make deps`' >&2; exit 1)
	@mkdir -p $(@D)
	@printf '  LINK    %s\n' '$@'
	@$(CC) $(LDFLAGS_ALL) -o $@ $^ $(TEST_LIBS) $(LIBS)

# Fuzz targets: `check` replays tests/fuzz/corpus; `fuzz` lets libFuzzer (clang) search for more,
# FUZZ_SECONDS for each target. What it finds stays in $(BUILD)/fuzz.
REPLAYS := $(FUZZ:%=$(BUILD)/tests/%)
$(REPLAYS): $(BUILD)/tests/%: $(BUILD)/obj/tests/fuzz/%.o $(BUILD)/obj/tests/fuzz/replay.o $(LIB)
	@mkdir -p $(@D)
	@printf '  LINK    %s\n' '$@'
	@$(CC) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)

FUZZ_SECONDS ?= 60
FUZZ_SAN := fuzzer-no-link,address,undefined
FUZZERS := $(FUZZ:%=$(BUILD)/fuzzers/%)
$(FUZZERS): $(BUILD)/fuzzers/%: $(BUILD)/obj/tests/fuzz/%.o $(LIB)
	@mkdir -p $(@D)
	@printf '  LINK    %s\n' '$@'
	@$(CC) $(LDFLAGS_ALL) -fsanitize=fuzzer -o $@ $^ $(LIBS)

fuzz:
	@$(MAKE) --no-print-directory BUILD='$(BUILD)/fuzz' CC=clang SAN=$(FUZZ_SAN) fuzzers
	@set -e; for f in $(FUZZ); do \
		mkdir -p $(BUILD)/fuzz/found/$$f; \
		$(BUILD)/fuzz/fuzzers/$$f -max_total_time=$(FUZZ_SECONDS) -max_len=4096 \
			-artifact_prefix=$(BUILD)/fuzz/$$f- \
			$(BUILD)/fuzz/found/$$f tests/fuzz/corpus/$$f; \
	done
fuzzers: $(FUZZERS)

# Preloaded into the programs by tests/cli/fault; sanitizers have no place in it.
$(BUILD)/tests/fault.so: tests/fault/fault.c $(BUILD)/flags
	@mkdir -p $(@D)
	@printf '  CC      %s\n' '$@'
	@$(CC) -std=c17 -O2 -Wall -Wextra -fPIC -shared -o $@ $< -ldl

export ASAN_OPTIONS ?= abort_on_error=1:detect_leaks=1
export UBSAN_OPTIONS ?= print_stacktrace=1:halt_on_error=1
export TSAN_OPTIONS ?= halt_on_error=1

check: all lib $(BUILD)/tests/unit $(BUILD)/tests/unit64 $(REPLAYS)

check: all lib $(BUILD)/tests/unit $(BUILD)/tests/unit64 $(BUILD)/tests/fault.so
	@BUILD='$(BUILD)' VERSION='$(VERSION)' tests/run

check-unit: $(BUILD)/tests/unit $(BUILD)/tests/unit64
	@BUILD='$(BUILD)' tests/run unit
check-cli: all $(REPLAYS)

check-cli: all $(BUILD)/tests/fault.so
	@BUILD='$(BUILD)' tests/run cli
check-docs: all lib
	@BUILD='$(BUILD)' tests/run docs

GOLDEN ?= tests/golden
check-golden: $(BUILD)/tests/unit $(BUILD)/tests/unit64
	@for t in unit64 unit; do NMT_GOLDEN='$(GOLDEN)' \
		$(BUILD)/tests/$$t --filter 'golden/*' || exit 1; done

# Speed, beside the machine's own and a peer's (PEER=pytorch): see tests/bench/run.
$(BUILD)/tests/sgemm: tests/bench/sgemm.c $(BUILD)/flags
	@mkdir -p $(@D)
	@printf '  CC      %s\n' '$@'
	@$(CC) -std=c17 -O2 $(WARN) -D_POSIX_C_SOURCE=200809L $(PKG_CFLAGS) -o $@ $< $(PKG_LIBS)

bench: all $(BUILD)/tests/sgemm
	@BUILD='$(BUILD)' PEER='$(PEER)' tests/bench/run

# --- installing --------------------------------------------------------------------------

# Every file that is installed, as SOURCE:FOLDER:NAME:MODE; uninstall removes the same.
HEADERS = $(wildcard libnmt/include/nmt/*.h)
PAGES = $(wildcard man/*.[1357])
EXAMPLES = $(shell find examples -type f)
INSTALLED = \
	$(foreach p,$(PROGRAMS_HERE),$(BUILD)/bin/$(p):$(BINDIR):$(p):755) \
	$(LIB):$(LIBDIR):libnmt.a:644 $(BUILD)/nmt.pc:$(LIBDIR)/pkgconfig:nmt.pc:644 \
	$(foreach h,$(HEADERS),$(h):$(INCLUDEDIR)/nmt:$(notdir $(h)):644) \
	$(foreach m,$(PAGES),$(m):$(MANDIR)/man$(subst .,,$(suffix $(m))):$(notdir $(m)):644) \
	$(foreach p,$(PROGRAMS_HERE),completions/nmt.bash:$(BASHDIR):$(p):644 \
		completions/nmt.fish:$(FISHDIR):$(p).fish:644) \
	completions/_nmt:$(ZSHDIR):_nmt:644 README.md:$(DOCDIR):README.md:644 \
	$(foreach e,$(EXAMPLES),$(e):$(DOCDIR)/$(patsubst %/,%,$(dir $(e))):$(notdir $(e)):$(if \
		$(shell test -x $(e) && echo x),755,644))

# The library is static: whoever links it needs what it uses.
$(BUILD)/nmt.pc: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' 'prefix=$(PREFIX)' 'libdir=$(LIBDIR)' 'includedir=$(INCLUDEDIR)' '' \
		'Name: nmt' 'Description: neural machine translation with RNNsearch' \
		'Version: $(VERSION)' 'Requires: $(PKGS)' 'Cflags: -I$${includedir}' \
		'Libs: -L$${libdir} -lnmt -lm -pthread' > $@

install: all lib $(BUILD)/nmt.pc
	@set -e; for f in $(INSTALLED); do \
		old=$$IFS; IFS=:; set -- $$f; IFS=$$old; \
		$(INSTALL) -d "$(DESTDIR)$$2"; \
		$(INSTALL) -m "$$4" "$$1" "$(DESTDIR)$$2/$$3"; \
	done
	@echo 'installed below $(DESTDIR)$(PREFIX)'

uninstall:
	@for f in $(INSTALLED); do \
		old=$$IFS; IFS=:; set -- $$f; IFS=$$old; \
		rm -f "$(DESTDIR)$$2/$$3"; \
	done
	@for d in $(INCLUDEDIR)/nmt $(patsubst %,$(DOCDIR)/%,$(sort $(dir $(EXAMPLES)))) \
		$(DOCDIR)/examples $(DOCDIR); do \
		if [ -d "$(DESTDIR)$$d" ]; then rmdir --ignore-fail-on-non-empty "$(DESTDIR)$$d"; fi; \
	done

dist:
	@mkdir -p $(BUILD)
	@git archive --format=tar.gz --prefix=nmt-$(VERSION)/ -o $(BUILD)/nmt-$(VERSION).tar.gz HEAD
	@echo '$(BUILD)/nmt-$(VERSION).tar.gz'

# --- the whole of it, on a small world ---------------------------------------------------

demo: all
	@examples/demo/demo.sh '$(BUILD)/bin' '$(BUILD)/demo'

# --- housekeeping ------------------------------------------------------------------------

deps:
	@if command -v apt-get >/dev/null; then \
		if [ "$$(id -u)" = 0 ]; then sudo=; else sudo=sudo; fi; \
		missing=; for p in $(DEB_PACKAGES); do \
			dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || \
			missing="$$missing $$p"; done; \
		if [ -n "$$missing" ]; then \
			$$sudo apt-get update -qq && \
			$$sudo env DEBIAN_FRONTEND=noninteractive \
				apt-get install -y --no-install-recommends $$missing; \
		fi; \
	else \
		echo 'This system has no apt-get. Install what your system calls:'; \
		printf '  %s\n' $(DEB_PACKAGES); exit 1; \
	fi

STYLED := $(wildcard cmd/*.[ch] libnmt/*/*.[ch] libnmt/include/nmt/*.h tests/unit/*.[ch] \
	tests/unit/real/*.[ch] tests/plain/*.c tests/fuzz/*.[ch] tests/fault/*.[ch] tests/bench/*.[ch])
style:
	@clang-format --dry-run --Werror $(STYLED)

# The header that includes all others; tests/docs/headers.sh says when to make it again.
nmt.h:
	@cd libnmt/include && { printf '%s\n' '/* All of libnmt: see libnmt(3). */' \
		'#ifndef NMT_NMT_H' '#define NMT_NMT_H' ''; \
		LC_ALL=C ls nmt | sed -n '/^nmt\.h$$/d; s|.*\.h$$|#include <nmt/&>|p'; \
		printf '\n#endif\n'; } > ../../nmt.h.new && mv ../../nmt.h.new nmt/nmt.h

tags:
	@command -v ctags >/dev/null || { echo 'ctags is missing: install universal-ctags' >&2; exit 1; }
	@ctags -R cmd libnmt tests/unit

clean:
	rm -rf $(BUILD)

help:
	@echo 'make               the programs, in $(BUILD)/bin'
	@echo 'make deps          install what is needed to build and test (Debian)'
	@echo 'make demo          learn a small world, translate, align and score: a minute'
	@echo 'make check         all tests; also check-unit, check-cli, check-docs,'
	@echo '                   check-golden GOLDEN=DIR'
	@echo 'make fuzz          search for inputs that break a parser, FUZZ_SECONDS=$(FUZZ_SECONDS) each'
	@echo 'make bench         words per second; PEER=pytorch compares'
	@echo 'make install       PREFIX=$(PREFIX) DESTDIR=$(DESTDIR); also uninstall'
	@echo 'make dist          a tarball of the last commit'
	@echo 'make style tags    report layout that clang-format would change; an index for editors'
	@echo 'Variables: CC OPT CFLAGS SAN=address,undefined DEVELOPER=1 BUILD=DIR'

-include $(shell find $(BUILD)/obj $(BUILD)/obj64 -name '*.d' 2>/dev/null)
