# docker build -t relay . && docker run -d -p 54017:54321 relay "http://camera.example/video"
#
# Builds on every architecture that has these two base images: 64-bit x86 and 64-bit ARM, a Raspberry Pi's 64-bit system included.

FROM swift:6.3-bookworm AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends libyaml-dev nettle-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build
# The dependencies first, in a layer of their own: a changed source file does not fetch them again.
COPY Package.swift ./
RUN swift package resolve
# SwiftPM reads no manifest whose test targets have no folder, so Tests comes along; nothing of it is built.
COPY Sources Sources
COPY Tests Tests
RUN swift build -c release --product mjpeg-relay --static-swift-stdlib \
    && install -D --strip "$(swift build -c release --static-swift-stdlib --show-bin-path)/mjpeg-relay" /out/mjpeg-relay

FROM debian:bookworm-slim
# libstdc++6 and libgcc-s1 are for the Swift runtime that is linked in.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libgcc-s1 libnettle8 libstdc++6 libyaml-0-2 \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /out/mjpeg-relay /usr/local/bin/mjpeg-relay
# A number, not a name, so that Kubernetes can see that it is not root. Files that are mounted must be readable by it.
USER 10001:10001
EXPOSE 54321
# Asks the relay that runs, through a socket of its own: whatever the port, the file or the arguments.
HEALTHCHECK --interval=30s --timeout=5s --start-period=5s CMD ["/usr/local/bin/mjpeg-relay", "health"]
# Without arguments the relay reads /etc/mjpeg-relay/relay.yaml: mount the folder /etc/mjpeg-relay.
ENTRYPOINT ["/usr/local/bin/mjpeg-relay"]
