# make          builds the program
# make test     installs the mail and database servers that the tests need, and runs every test
# make lint     formatting, vet, staticcheck, known vulnerabilities
# make cross    builds for every platform we release for
# make package  the Debian package, the bill of materials and checksums, in dist/
# make reproducible  builds everything twice and compares the bytes
# make container  the container image, with podman or docker
# make demo     the whole way of a mail, on a sample mailbox
# make bench    every benchmark, as a table
# make eval     how well mails are classified, on the part of the corpus that was tuned on and on the part that was not

# One static binary: nothing here needs a C compiler.
export CGO_ENABLED = 0

TOOLS       = $(CURDIR)/dist/tools
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK = v1.9.0
FLAGS       = -trimpath
PLATFORMS   = linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

VERSION    ?= 0.1.0
ARCH       ?= $(shell go env GOARCH)
CONTAINER  ?= $(shell command -v podman || command -v docker)
export SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null || echo 1767225600)

.PHONY: package reproducible container build test lint cross demo bench eval

build:
	go build $(FLAGS) -o privacybot ./cmd/privacybot

test:
	@sh .ci/install
	go vet ./...
	go test -timeout 15m ./...

lint:
	@unformatted=$$(gofmt -l .); [ -z "$$unformatted" ] || { echo "not gofmt'd:"; echo "$$unformatted"; exit 1; }
	go vet ./...
	go run $(STATICCHECK) ./...
	@sh .ci/vulnerabilities $(TOOLS) $(GOVULNCHECK)

cross:
	@for p in $(PLATFORMS); do \
		os=$${p%/*} arch=$${p#*/}; ext=; [ $$os = windows ] && ext=.exe; \
		echo "build $$p"; \
		GOOS=$$os GOARCH=$$arch go build $(FLAGS) -o dist/privacybot-$$os-$$arch$$ext ./cmd/privacybot || exit 1; \
	done

package:
	go build $(FLAGS) -ldflags '-s -w -buildid= -X main.version=$(VERSION)' -buildvcs=false -o dist/host/privacybot ./cmd/privacybot
	GOARCH=$(ARCH) go build $(FLAGS) -ldflags '-s -w -buildid= -X main.version=$(VERSION)' -buildvcs=false -o dist/$(ARCH)/privacybot ./cmd/privacybot
	PRIVACYBOT_HOST=dist/host/privacybot sh deploy/build-deb dist/$(ARCH)/privacybot $(VERSION) $(ARCH) dist/privacybot_$(VERSION)_$(ARCH).deb
	dist/host/privacybot version --sbom >dist/privacybot_$(VERSION).cdx.json
	cd dist && sha256sum privacybot_$(VERSION)_$(ARCH).deb privacybot_$(VERSION).cdx.json >SHA256SUMS && cat SHA256SUMS

reproducible:
	@$(MAKE) --no-print-directory package >/dev/null && cp dist/SHA256SUMS dist/first.sums
	@rm -rf dist/host dist/$(ARCH) && $(MAKE) --no-print-directory package FLAGS="-trimpath -a" >/dev/null
	@cmp dist/first.sums dist/SHA256SUMS && echo "two builds, the same bytes" && cat dist/SHA256SUMS

container: build
	mkdir -p dist && cp /etc/ssl/certs/ca-certificates.crt dist/ca-certificates.crt
	$(CONTAINER) build -f deploy/Containerfile -t privacybot:$(VERSION) .

demo:
	go run ./cmd/privacybot demo

bench:
	@sh .ci/install
	go test -run='^$$' -bench=. -benchmem $$(grep -rl --include='*_test.go' '^func Benchmark' . | xargs -n 1 dirname | sort -u)

eval:
	go run ./classify/eval
