// Certificate-checking TLS over a non-blocking socket (private to http; no Asio in here).
// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/result.hpp"

namespace assay::notify {

// The last session of one origin and partition, for resumption. Owned by the pool; outlives the
// connections that point at it.
class TlsTicket {
  public:
    TlsTicket();
    ~TlsTicket();
    TlsTicket(const TlsTicket&) = delete;
    TlsTicket& operator=(const TlsTicket&) = delete;

  private:
    friend class TlsContext;
    friend class TlsSession;
    struct Body;
    std::unique_ptr<Body> body_;
};

enum class TlsStep { done, want_read, want_write, closed, failed };

// One connection's TLS state over a descriptor that it does not own.
class TlsSession {
  public:
    ~TlsSession();
    TlsSession(const TlsSession&) = delete;
    TlsSession& operator=(const TlsSession&) = delete;

    TlsStep handshake();
    TlsStep read(std::span<char> into, std::size_t& got);
    TlsStep write(std::string_view bytes, std::size_t& sent);
    // Sends close_notify if that is possible without waiting.
    void close() noexcept;
    // Why the last step failed, for people; what was wrong with a certificate is named.
    const std::string& problem() const noexcept { return problem_; }

  private:
    friend class TlsContext;
    struct Body;
    explicit TlsSession(std::unique_ptr<Body> body);
    TlsStep judge(int result);
    std::unique_ptr<Body> body_;
    std::string problem_;
};

// One per shard. TLS 1.2 or newer, peer and host name always verified against the dNSName or
// iPAddress entries of the certificate and never its common name; there is no switch to turn this
// off.
class TlsContext {
  public:
    // Errors: tls_failed.
    static Result<std::unique_ptr<TlsContext>> make(const std::string& ca_bundle,
                                                    bool system_authorities);
    ~TlsContext();
    TlsContext(const TlsContext&) = delete;
    TlsContext& operator=(const TlsContext&) = delete;

    // `host` without brackets. `ticket` outlives the session. Errors: tls_failed.
    Result<std::unique_ptr<TlsSession>> connect(int descriptor, const std::string& host,
                                                bool host_is_ip, TlsTicket& ticket);

  private:
    struct Body;
    explicit TlsContext(std::unique_ptr<Body> body);
    std::unique_ptr<Body> body_;
};

}  // namespace assay::notify
