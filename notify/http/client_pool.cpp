// Connections per origin: which one an attempt gets, when one is opened, kept or closed.
// SPDX-License-Identifier: MIT
#include "notify/http/client_pool.hpp"

#include <algorithm>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/post.hpp>
#include <cassert>
#include <deque>
#include <unordered_map>

#include "notify/http/connection.hpp"
#include "notify/http/request_head.hpp"

namespace assay::notify {

// The connections of one partition to one origin.
struct Origin {
    std::vector<std::shared_ptr<Connection>> idle;  // the one used last stands last
    std::deque<std::unique_ptr<Exchange>> waiting;
    std::size_t open = 0;
    TlsTicket ticket;
};

namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Above these, what nobody uses is let go of.
constexpr std::size_t targets_kept_max = 16'384;
constexpr std::size_t origins_kept_max = 16'384;
// Exchanges that wait to be used again, and what each may keep of its buffer.
constexpr std::size_t exchanges_kept_max = 256;
constexpr std::size_t head_bytes_kept_max = 8 * limits::kibibyte;
constexpr milliseconds idle_tick{1'000};

using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                         asio::wait_traits<std::chrono::steady_clock>,
                                         asio::io_context::executor_type>;

class ClientPool final : public Transport, private ConnectionOwner {
  public:
    ClientPool(asio::io_context& io, const Clock& clock, NameResolver& resolver,
               const ClientOptions& options, std::unique_ptr<SocketSet> sockets,
               std::unique_ptr<TlsContext> tls)
        : io_(io),
          options_(options),
          clock_(clock),
          sockets_(std::move(sockets)),
          around_{io, *sockets_, clock, resolver, options_, *this},
          tls_(std::move(tls)),
          timer_(io) {}
    ~ClientPool() override;

    void send(const SignedRequest& request, Answer answer) override;
    void forget(std::string_view origin) override;

  private:
    using Held = std::shared_ptr<Connection>;

    void on_done(Connection& connection, std::unique_ptr<Exchange> exchange,
                 Ending ending) override;
    void on_idle_closed(Connection& connection) override;

    std::unique_ptr<Exchange> take_exchange();
    void give_back(std::unique_ptr<Exchange> exchange);
    Result<std::shared_ptr<const Target>> target_of(const std::shared_ptr<const Destination>& to);
    std::shared_ptr<Origin> origin_of(const std::string& key);
    Result<TlsContext*> tls_for(const Url& url);
    void refuse(std::unique_ptr<Exchange> exchange, OutcomeKind kind, std::string why);
    void dispatch(std::unique_ptr<Exchange> exchange, SteadyTime now);
    void open(Origin& origin, std::unique_ptr<Exchange> exchange, SteadyTime now);
    void start(Held connection, std::unique_ptr<Exchange> exchange, SteadyTime now);
    void next_waiting(Origin& origin, Held connection);
    void drop_idle(Origin& origin, std::size_t index);
    void arm(milliseconds in);
    void on_tick();
    void sweep(SteadyTime now);

    asio::io_context& io_;
    const ClientOptions options_;
    const Clock& clock_;
    std::unique_ptr<SocketSet> sockets_;
    Surroundings around_;
    std::unique_ptr<TlsContext> tls_;  // made when the first https endpoint is called
    Timer timer_;
    std::unordered_map<std::string, std::shared_ptr<Origin>> origins_;  // by Target::pool_key
    // Each keeps its destination, so that no other can come to stand at the same address.
    std::unordered_map<const Destination*, std::shared_ptr<const Target>> targets_;
    std::vector<std::unique_ptr<Exchange>> spare_;
    std::vector<Held> active_;
    std::size_t idle_ = 0;
    SteadyTime swept_{};
    milliseconds armed_{0};  // the running timer's length; 0: none runs
    // Timer handlers hold a weak reference: they may still be queued when the pool is gone.
    std::shared_ptr<ClientPool*> self_ = std::make_shared<ClientPool*>(this);
};

ClientPool::~ClientPool() {
    timer_.cancel();
    for (const Held& connection : active_)
        connection->shut();
    for (const auto& [key, origin] : origins_) {
        for (const Held& connection : origin->idle)
            connection->shut();
    }
}

void ClientPool::send(const SignedRequest& request, Answer answer) {
    std::unique_ptr<Exchange> exchange = take_exchange();
    exchange->answer = std::move(answer);
    exchange->outcome.started = clock_.now();
    exchange->sent = clock_.steady_now();
    Result<std::shared_ptr<const Target>> target = target_of(request.to);
    if (!target) {
        return refuse(std::move(exchange), OutcomeKind::invalid_request, target.error().message);
    }
    exchange->target = *std::move(target);
    const Result<void> written =
        write_request_head(exchange->target->prefix, request, exchange->head);
    if (!written) {
        return refuse(std::move(exchange), OutcomeKind::invalid_request, written.error().message);
    }
    exchange->body = request.body;
    const SteadyTime now = exchange->sent;
    dispatch(std::move(exchange), now);
}

std::unique_ptr<Exchange> ClientPool::take_exchange() {
    if (spare_.empty()) return std::make_unique<Exchange>();
    std::unique_ptr<Exchange> exchange = std::move(spare_.back());
    spare_.pop_back();
    return exchange;
}

// Its head keeps its memory; nothing else of the attempt stays.
void ClientPool::give_back(std::unique_ptr<Exchange> exchange) {
    if (spare_.size() >= exchanges_kept_max || exchange->head.capacity() > head_bytes_kept_max) {
        return;
    }
    std::string head = std::move(exchange->head);
    *exchange = {};
    exchange->head = std::move(head);
    spare_.push_back(std::move(exchange));
}

// Never from inside send(): the caller hears nothing before send() has returned.
void ClientPool::refuse(std::unique_ptr<Exchange> exchange, OutcomeKind kind, std::string why) {
    exchange->outcome.kind = kind;
    exchange->outcome.detail = std::move(why);
    exchange->outcome.ended = std::max(clock_.now(), exchange->outcome.started);
    asio::post(io_, [alive = std::weak_ptr(self_),
                     shared = std::shared_ptr<Exchange>(std::move(exchange))] {
        if (!alive.expired()) shared->answer(std::move(shared->outcome));
    });
}

Result<std::shared_ptr<const Target>> ClientPool::target_of(
    const std::shared_ptr<const Destination>& to) {
    assert(to != nullptr);
    const auto known = targets_.find(to.get());
    if (known != targets_.end()) return known->second;
    Result<Url> url = parse_url(to->url, options_.urls);
    if (!url) return std::move(url).error();
    Result<std::string> prefix = request_prefix(*url, to->headers);
    if (!prefix) return std::move(prefix).error();
    Target target;
    target.to = to;
    target.prefix = *std::move(prefix);
    // Connections to checked addresses are for those alone who check alike.
    target.pool_key = to->partition + '\n';
    for (const std::string& block : to->allowed_addresses) {
        Result<Cidr> cidr = parse_cidr(block);
        if (!cidr) return std::move(cidr).error();
        target.allowed.push_back(*cidr);
        target.pool_key.append(block).append(1, '\n');
    }
    target.pool_key += url->origin();
    target.url = *std::move(url);
    target.origin = origin_of(target.pool_key);
    if (targets_.size() >= targets_kept_max) targets_.clear();
    const auto made = std::make_shared<const Target>(std::move(target));
    targets_.emplace(to.get(), made);
    return made;
}

std::shared_ptr<Origin> ClientPool::origin_of(const std::string& key) {
    std::shared_ptr<Origin>& origin = origins_[key];
    if (!origin) origin = std::make_shared<Origin>();
    return origin;
}

Result<TlsContext*> ClientPool::tls_for(const Url& url) {
    if (!url.https) return nullptr;
    if (!tls_) {
        Result<std::unique_ptr<TlsContext>> made =
            TlsContext::make(options_.ca_bundle, options_.system_authorities);
        if (!made) return std::move(made).error();
        tls_ = *std::move(made);
    }
    return tls_.get();
}

void ClientPool::dispatch(std::unique_ptr<Exchange> exchange, SteadyTime now) {
    Origin& origin = *exchange->target->origin;
    while (!origin.idle.empty()) {
        if (!origin.idle.back()->fit_for_reuse(now)) {
            drop_idle(origin, origin.idle.size() - 1);
            continue;
        }
        Held connection = std::move(origin.idle.back());
        origin.idle.pop_back();
        --idle_;
        return start(std::move(connection), std::move(exchange), now);
    }
    if (origin.open < options_.connections_per_origin_max) {
        return open(origin, std::move(exchange), now);
    }
    origin.waiting.push_back(std::move(exchange));
}

void ClientPool::open(Origin& origin, std::unique_ptr<Exchange> exchange, SteadyTime now) {
    const Result<TlsContext*> tls = tls_for(exchange->target->url);
    if (!tls) return refuse(std::move(exchange), OutcomeKind::tls, tls.error().message);
    ++origin.open;
    auto connection = std::make_shared<Connection>(around_, exchange->target, *tls, origin.ticket);
    start(std::move(connection), std::move(exchange), now);
}

// The attempt's clock starts here: waiting for a connection of ours is no fault of the receiver.
void ClientPool::start(Held connection, std::unique_ptr<Exchange> exchange, SteadyTime now) {
    if (!exchange->written_before) {
        exchange->begun = now;
        exchange->deadline = now + exchange->target->to->timeout;
    }
    connection->place = active_.size();
    active_.push_back(connection);
    if (armed_ == milliseconds(0) || armed_ > options_.tick) arm(options_.tick);
    connection->run(std::move(exchange), now);
}

void ClientPool::on_done(Connection& connection, std::unique_ptr<Exchange> exchange,
                         Ending ending) {
    assert(connection.place < active_.size() && active_[connection.place].get() == &connection);
    Held held = std::move(active_[connection.place]);
    if (connection.place + 1 != active_.size()) {
        active_[connection.place] = std::move(active_.back());
        active_[connection.place]->place = connection.place;
    }
    active_.pop_back();
    Origin& origin = *held->target().origin;
    if (ending == Ending::stale) {
        // The other idle ones are as old: a second dead one would use up the one repetition.
        --origin.open;
        return open(origin, std::move(exchange), clock_.steady_now());
    }
    if (ending == Ending::closed) {
        --origin.open;
        held.reset();
    }
    next_waiting(origin, std::move(held));
    Answer answer = std::move(exchange->answer);
    Outcome outcome = std::move(exchange->outcome);
    give_back(std::move(exchange));
    answer(std::move(outcome));  // last: it may send again, or end the pool's use
}

// Who waits for this origin gets the connection, or the room for a new one; else it becomes idle.
void ClientPool::next_waiting(Origin& origin, Held connection) {
    while (!origin.waiting.empty() &&
           (connection || origin.open < options_.connections_per_origin_max)) {
        std::unique_ptr<Exchange> next = std::move(origin.waiting.front());
        origin.waiting.pop_front();
        const SteadyTime now = clock_.steady_now();
        if (connection) return start(std::move(connection), std::move(next), now);
        open(origin, std::move(next), now);  // may refuse it, so that the room is still there
    }
    if (!connection) return;
    origin.idle.push_back(std::move(connection));
    ++idle_;
    if (idle_ > options_.connections_idle_max) drop_idle(origin, 0);
}

void ClientPool::drop_idle(Origin& origin, std::size_t index) {
    assert(index < origin.idle.size() && origin.open > 0 && idle_ > 0);
    origin.idle[index]->shut();
    origin.idle.erase(origin.idle.begin() + static_cast<std::ptrdiff_t>(index));
    --origin.open;
    --idle_;
}

void ClientPool::on_idle_closed(Connection& connection) {
    Origin& origin = *connection.target().origin;
    for (std::size_t i = 0; i < origin.idle.size(); ++i) {
        if (origin.idle[i].get() == &connection) return drop_idle(origin, i);
    }
}

void ClientPool::forget(std::string_view origin) {
    for (const auto& [key, pool] : origins_) {
        if (!std::string_view(key).ends_with(origin)) continue;
        while (!pool->idle.empty())
            drop_idle(*pool, pool->idle.size() - 1);
    }
    for (const Held& connection : active_) {
        if (std::string_view(connection->pool_key()).ends_with(origin)) connection->retire();
    }
    std::erase_if(targets_, [&](const auto& entry) {
        return std::string_view(entry.second->pool_key).ends_with(origin);
    });
}

// --- the one timer: at `tick` while something is in flight, once a second while connections idle

void ClientPool::arm(milliseconds in) {
    armed_ = in;
    timer_.expires_after(in);
    timer_.async_wait([alive = std::weak_ptr(self_)](const boost::system::error_code& error) {
        const auto self = alive.lock();
        if (self && !error) (*self)->on_tick();
    });
}

void ClientPool::on_tick() {
    const SteadyTime now = clock_.steady_now();
    // A copy, because ending one attempt starts others.
    const std::vector<Held> busy = active_;
    for (const Held& connection : busy)
        connection->check_deadline(now);
    if (active_.empty() || now - swept_ >= idle_tick) sweep(now);
    if (!active_.empty()) return arm(options_.tick);
    if (idle_ > 0) return arm(std::max(idle_tick, options_.tick));
    armed_ = milliseconds(0);
}

void ClientPool::sweep(SteadyTime now) {
    swept_ = now;
    for (const auto& [key, origin] : origins_) {
        for (std::size_t i = origin->idle.size(); i-- > 0;) {
            if (!origin->idle[i]->fit_for_reuse(now)) drop_idle(*origin, i);
        }
    }
    std::erase_if(targets_, [](const auto& entry) { return entry.second->to.use_count() == 1; });
    if (origins_.size() <= origins_kept_max) return;
    std::erase_if(origins_, [](const auto& entry) {
        return entry.second->open == 0 && entry.second.use_count() == 1;
    });
}

}  // namespace

Result<void> validate(const ClientOptions& options) {
    const bool timeouts = options.dns_timeout > milliseconds(0) &&
                          options.connect_timeout > milliseconds(0) &&
                          options.tls_timeout > milliseconds(0) && options.tick > milliseconds(0);
    if (!timeouts) return fail(ErrorCode::invalid_argument, "timeouts must be above zero");
    if (options.connections_per_origin_max == 0 || options.header_bytes_max < 1'024 ||
        options.header_bytes_max > limits::mebibyte) {
        return fail(ErrorCode::invalid_argument, "a limit of the client is out of range");
    }
    return {};
}

Result<std::unique_ptr<Transport>> make_client_pool(asio::io_context& io, const Clock& clock,
                                                    NameResolver& resolver,
                                                    const ClientOptions& options) {
    if (Result<void> checked = validate(options); !checked) return std::move(checked).error();
    std::unique_ptr<TlsContext> tls;
    if (!options.ca_bundle.empty()) {
        // Read now, so that a bundle that cannot be read is found at the start.
        Result<std::unique_ptr<TlsContext>> made =
            TlsContext::make(options.ca_bundle, options.system_authorities);
        if (!made) return std::move(made).error();
        tls = *std::move(made);
    }
    Result<std::unique_ptr<SocketSet>> sockets = SocketSet::make(io);
    if (!sockets) return std::move(sockets).error();
    return std::unique_ptr<Transport>(std::make_unique<ClientPool>(
        io, clock, resolver, options, *std::move(sockets), std::move(tls)));
}

}  // namespace assay::notify
