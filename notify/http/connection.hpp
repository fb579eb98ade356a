// One connection to a receiver: resolve, connect, TLS, write, read, perhaps once more (private).
// SPDX-License-Identifier: MIT
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.hpp"
#include "notify/dispatch/transport.hpp"
#include "notify/http/client_pool.hpp"
#include "notify/http/response_reader.hpp"
#include "notify/http/socket_set.hpp"
#include "notify/http/tls.hpp"

namespace assay::notify {

struct Origin;  // the pool's: the connections that a target's requests share

// A destination made ready. Immutable.
struct Target {
    std::shared_ptr<const Destination> to;
    Url url;
    std::string pool_key;       // partition, allowed blocks and origin
    std::vector<Cidr> allowed;  // where the name may lead to; empty: wherever may be dialled
    std::string prefix;         // of the request head
    std::shared_ptr<Origin> origin;
};

// One attempt on its way. Used again for another one when it has ended.
struct Exchange {
    std::string head;
    std::shared_ptr<const std::string> body;
    Transport::Answer answer;
    std::shared_ptr<const Target> target;
    Outcome outcome;
    SteadyTime sent{};   // handed to the pool, at outcome.started
    SteadyTime begun{};  // given a connection
    SteadyTime deadline{};
    bool written_before = false;  // on a re-used connection that turned out to be dead
};

class Connection;

class ConnectionOwner {
  public:
    enum class Ending { reusable, closed, stale };

    virtual ~ConnectionOwner() = default;
    // The exchange has its outcome; or, when stale, wants a fresh connection.
    virtual void on_done(Connection& connection, std::unique_ptr<Exchange> exchange,
                         Ending ending) = 0;
    // An idle connection ended: the receiver closed it, or spoke without being asked.
    virtual void on_idle_closed(Connection& connection) = 0;
};

// Everything connections borrow from their pool, which outlives their use of it.
struct Surroundings {
    boost::asio::io_context& io;
    SocketSet& sockets;
    const Clock& clock;
    NameResolver& resolver;
    const ClientOptions& options;
    ConnectionOwner& owner;
};

// Belongs to its pool's thread. It is told whatever happens to its socket, so that an idle
// connection notices its end by itself, and a response never costs a read that finds nothing.
class Connection final : public std::enable_shared_from_this<Connection>, private SocketListener {
  public:
    // `tls` is null for plain HTTP; `ticket` outlives the connection's use.
    Connection(const Surroundings& surroundings, std::shared_ptr<const Target> target,
               TlsContext* tls, TlsTicket& ticket);

    // Sends the exchange, opening the connection first if it is new. Must not be busy.
    void run(std::unique_ptr<Exchange> exchange, SteadyTime now);
    void check_deadline(SteadyTime now);
    // Closes without another word to the owner.
    void shut() noexcept;
    // Not to be used again after the exchange under way.
    void retire() noexcept { retired_ = true; }

    bool fit_for_reuse(SteadyTime now) const noexcept;
    const std::string& pool_key() const noexcept { return target_->pool_key; }
    const Target& target() const noexcept { return *target_; }
    std::size_t place = 0;  // the owner's: where it keeps this connection among the active ones

  private:
    enum class Phase { fresh, resolving, connecting, securing, exchanging, idle, closed };

    std::int32_t elapsed(SteadyTime at) const noexcept;
    std::int32_t elapsed() const noexcept;
    void limit_phase(std::chrono::milliseconds budget) noexcept;
    void resolve();
    void on_addresses(Result<std::vector<Address>> answer);
    void dial();
    void on_connected(const boost::system::error_code& error);
    void on_ready(std::uint32_t events) override;
    void secure();
    void step_handshake();
    void exchange_now(SteadyTime at);
    void write(SteadyTime at);
    void read(bool ended);
    TlsStep receive(std::span<char> into, std::size_t& got);
    ResponseReader::State parse();
    void on_complete(ResponseReader::State state);
    void on_stream_end(std::string_view why);
    AttemptPhase attempt_phase(OutcomeKind kind) const noexcept;
    void finish(OutcomeKind kind, std::string detail);
    // The same from inside run(), whose caller must hear nothing before it returns.
    void finish_later(OutcomeKind kind, std::string detail);
    void end(ConnectionOwner::Ending ending, SteadyTime at = {});

    Surroundings around_;
    std::shared_ptr<const Target> target_;
    TlsContext* tls_context_;
    TlsTicket& ticket_;
    Socket socket_;
    std::unique_ptr<TlsSession> tls_;
    std::unique_ptr<Exchange> exchange_;
    ResponseReader reader_;
    std::vector<char> buffer_;
    std::size_t filled_ = 0;
    std::size_t sent_ = 0;
    std::vector<Address> addresses_;
    std::size_t dialled_ = 0;  // addresses tried; numbers the answers of async_connect
    boost::asio::ip::tcp::endpoint remote_;
    std::string remote_text_;
    SteadyTime opened_{};
    SteadyTime idle_since_{};
    SteadyTime phase_deadline_{};
    Phase phase_ = Phase::fresh;
    bool written_ = false;
    bool heard_ = false;  // a byte of this response has come
    bool retired_ = false;
};

}  // namespace assay::notify
