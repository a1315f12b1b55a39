# make            builds .build/release/tailcast
# make install    installs it below PREFIX (/usr/local), with its manual page, a unit for systemd's user instances and
#                 completions; `make && sudo make install` where that needs root. DESTDIR goes before every path
# make uninstall  removes these files
# make deb        builds a Debian package in .build
PREFIX ?= /usr/local
DESTDIR ?=
# Debian's zsh looks for packages' completions elsewhere.
ZSH_COMPLETIONS ?= $(PREFIX)/share/zsh/site-functions

built = .build/release/tailcast
program = $(PREFIX)/bin/tailcast
manual = $(PREFIX)/share/man/man1/tailcast.1
unit = $(PREFIX)/lib/systemd/user/tailcast.service
bash = $(PREFIX)/share/bash-completion/completions/tailcast
zsh = $(ZSH_COMPLETIONS)/_tailcast
fish = $(PREFIX)/share/fish/vendor_completions.d/tailcast.fish

# $(call written,WORDS,PATH): what the program prints for these words becomes the file.
written = mkdir -p "$(DESTDIR)$(dir $2)" && $(built) $1 > "$(DESTDIR)$2" && chmod 644 "$(DESTDIR)$2"

.PHONY: all install uninstall deb

all:
	scripts/build

# Only when there is none: root often has no swift.
$(built):
	scripts/build

install: $(built)
	install -D -m 755 $(built) "$(DESTDIR)$(program)"
	$(call written,help man,$(manual))
	$(call written,service print --program "$(program)",$(unit))
	$(call written,completion bash,$(bash))
	$(call written,completion zsh,$(zsh))
	$(call written,completion fish,$(fish))

uninstall:
	rm -f $(foreach file,$(program) $(manual) $(unit) $(bash) $(zsh) $(fish),"$(DESTDIR)$(file)")

deb:
	scripts/deb
