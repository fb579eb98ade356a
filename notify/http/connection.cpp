// The steps of one connection, each started by the end of the one before.
// SPDX-License-Identifier: MIT
#include "notify/http/connection.hpp"

#include <sys/epoll.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <cassert>

namespace assay::notify {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;

constexpr std::size_t first_buffer_bytes = 4 * limits::kibibyte;
constexpr std::size_t addresses_tried_max = 4;
// Up to this size body and head go through TLS as one record.
constexpr std::size_t tls_joined_bytes_max = 32 * limits::kibibyte;

tcp::endpoint endpoint_of(const Address& address, std::uint16_t port) {
    if (address.is_v4()) {
        asio::ip::address_v4::bytes_type bytes{};
        std::copy(address.bytes.begin() + 12, address.bytes.end(), bytes.begin());
        return {asio::ip::address_v4(bytes), port};
    }
    asio::ip::address_v6::bytes_type bytes{};
    std::copy(address.bytes.begin(), address.bytes.end(), bytes.begin());
    return {asio::ip::address_v6(bytes), port};
}

std::string shown(const Address& address, std::uint16_t port) {
    const std::string text = address.text();
    return (address.is_v4() ? text : "[" + text + "]") + ":" + std::to_string(port);
}

// We have no descriptor or memory left: nothing that the receiver did, and soon over.
bool is_shortage(const error_code& error) noexcept {
    namespace errc = boost::system::errc;
    return error == errc::too_many_files_open || error == errc::too_many_files_open_in_system ||
           error == errc::no_buffer_space || error == errc::not_enough_memory;
}

ResponseLimits response_limits(const ClientOptions& options) {
    return {options.header_bytes_max, options.body_bytes_max, options.text_bytes_kept,
            options.interim_responses_max};
}

}  // namespace

Connection::Connection(const Surroundings& surroundings, std::shared_ptr<const Target> target,
                       TlsContext* tls, TlsTicket& ticket)
    : around_(surroundings),
      target_(std::move(target)),
      tls_context_(tls),
      ticket_(ticket),
      socket_(surroundings.sockets, *this),
      reader_(response_limits(surroundings.options)) {
    assert(target_->url.https == (tls != nullptr));
}

void Connection::run(std::unique_ptr<Exchange> exchange, SteadyTime now) {
    assert(!exchange_ && (phase_ == Phase::fresh || phase_ == Phase::idle));
    exchange_ = std::move(exchange);
    exchange_->outcome.connection_reused = phase_ == Phase::idle;
    if (phase_ == Phase::idle) {
        exchange_->outcome.remote_address = remote_text_;
        exchange_now(now);
    } else {
        opened_ = now;
        resolve();
    }
}

bool Connection::fit_for_reuse(SteadyTime now) const noexcept {
    return !retired_ && now - opened_ < around_.options.connection_age_max &&
           (phase_ != Phase::idle || now - idle_since_ < around_.options.connection_idle_max);
}

void Connection::shut() noexcept {
    if (phase_ == Phase::closed) return;
    phase_ = Phase::closed;
    if (tls_) tls_->close();
    tls_.reset();  // before the context, which a connection in a queued handler may outlive
    socket_.close();
}

std::int32_t Connection::elapsed(SteadyTime at) const noexcept {
    const auto since = at - exchange_->begun;
    return static_cast<std::int32_t>(std::chrono::duration_cast<milliseconds>(since).count());
}

std::int32_t Connection::elapsed() const noexcept {
    return elapsed(around_.clock.steady_now());
}

void Connection::limit_phase(milliseconds budget) noexcept {
    phase_deadline_ = std::min(exchange_->deadline, around_.clock.steady_now() + budget);
}

void Connection::check_deadline(SteadyTime now) {
    if (!exchange_ || now < phase_deadline_) return;
    if (now >= exchange_->deadline) {
        finish(OutcomeKind::timeout, "no complete response within " +
                                         std::to_string(exchange_->target->to->timeout.count()) +
                                         " ms");
        return;
    }
    switch (phase_) {
        case Phase::resolving:
            finish(OutcomeKind::dns, "the name was not resolved in time");
            break;
        case Phase::connecting:
            dial();  // the next address, if there is one
            break;
        case Phase::securing:
            finish(OutcomeKind::timeout, "the TLS handshake did not end in time");
            break;
        default:
            break;
    }
}

// --- opening

void Connection::resolve() {
    phase_ = Phase::resolving;
    limit_phase(around_.options.dns_timeout);
    const Url& url = target_->url;
    if (url.host_is_ip) {
        const std::optional<Address> literal = parse_address(url.host);
        if (!literal) {
            return finish_later(OutcomeKind::invalid_request, "the address cannot be read");
        }
        return on_addresses(std::vector{*literal});
    }
    // The resolver answers from its own thread, or not at all once it is gone.
    around_.resolver.resolve(url.host,
                             [weak = weak_from_this(), executor = around_.io.get_executor()](
                                 Result<std::vector<Address>> answer) mutable {
                                 asio::post(executor, [weak, answer = std::move(answer)]() mutable {
                                     if (const auto self = weak.lock())
                                         self->on_addresses(std::move(answer));
                                 });
                             });
}

// All answers are judged, and one bad answer refuses all of them: a name that mixes public and
// private addresses is an attack or a mistake, and either way not ours to choose from.
void Connection::on_addresses(Result<std::vector<Address>> answer) {
    if (phase_ != Phase::resolving || !exchange_) return;
    if (!answer) return finish(OutcomeKind::dns, answer.error().message);
    if (answer->empty()) return finish(OutcomeKind::dns, "the name has no address");
    for (const Address& address : *answer) {
        const std::string_view block =
            forbidden_by(SocketAddress{address, target_->url.port}, around_.options.addresses);
        if (block.empty()) continue;
        return finish_later(OutcomeKind::blocked, "the address " + address.text() +
                                                      " must not be called: " + std::string(block));
    }
    if (!target_->allowed.empty()) {
        for (const Address& address : *answer) {
            const bool allowed =
                std::any_of(target_->allowed.begin(), target_->allowed.end(),
                            [&](const Cidr& block) { return block.contains(address); });
            if (allowed) continue;
            return finish_later(OutcomeKind::blocked,
                                "the address " + address.text() + " is not among its allowed_ips");
        }
    }
    exchange_->outcome.timings.resolved = elapsed();
    addresses_ = *std::move(answer);
    if (addresses_.size() > addresses_tried_max) addresses_.resize(addresses_tried_max);
    phase_ = Phase::connecting;
    dial();
}

void Connection::dial() {
    socket_.close();
    if (dialled_ == addresses_.size()) {
        return finish(OutcomeKind::timeout, "no connection within the time for it");
    }
    const auto shares = static_cast<milliseconds::rep>(addresses_.size());
    limit_phase(around_.options.connect_timeout / shares);
    remote_ = endpoint_of(addresses_[dialled_++], target_->url.port);
    const error_code error = socket_.dial(remote_);
    if (!error) return;
    // No answer from inside run().
    asio::post(around_.io, [weak = weak_from_this(), number = dialled_, error] {
        const auto self = weak.lock();
        if (self && self->phase_ == Phase::connecting && number == self->dialled_) {
            self->on_connected(error);
        }
    });
}

void Connection::on_connected(const error_code& error) {
    if (error && dialled_ < addresses_.size()) return dial();
    if (error) {
        return finish(is_shortage(error) ? OutcomeKind::aborted : OutcomeKind::connect,
                      error.message());
    }
    if (!socket_.reaches(remote_)) {
        return finish(OutcomeKind::connect, "the peer is not who was dialled");
    }
    exchange_->outcome.timings.connected = elapsed();
    remote_text_ = shown(addresses_[dialled_ - 1], target_->url.port);
    exchange_->outcome.remote_address = remote_text_;
    if (tls_context_ != nullptr) return secure();
    exchange_now(around_.clock.steady_now());
}

void Connection::secure() {
    phase_ = Phase::securing;
    limit_phase(around_.options.tls_timeout);
    Result<std::unique_ptr<TlsSession>> session = tls_context_->connect(
        socket_.descriptor(), target_->url.host, target_->url.host_is_ip, ticket_);
    if (!session) return finish(OutcomeKind::tls, session.error().message);
    tls_ = *std::move(session);
    step_handshake();
}

void Connection::step_handshake() {
    const TlsStep step = tls_->handshake();
    if (step == TlsStep::done) {
        exchange_->outcome.timings.secured = elapsed();
        exchange_now(around_.clock.steady_now());
        // What came behind the handshake has been told already.
        if (phase_ == Phase::exchanging) read(false);
        return;
    }
    if (step == TlsStep::failed || step == TlsStep::closed) {
        return finish(OutcomeKind::tls,
                      tls_->problem().empty() ? "the receiver closed" : tls_->problem());
    }
}

// --- request

void Connection::exchange_now(SteadyTime at) {
    phase_ = Phase::exchanging;
    phase_deadline_ = exchange_->deadline;
    reader_.begin();
    sent_ = 0;
    written_ = false;
    heard_ = false;
    const std::string* const body = exchange_->body.get();
    if (tls_ && body != nullptr && exchange_->head.size() + body->size() <= tls_joined_bytes_max &&
        !exchange_->written_before) {
        exchange_->head += *body;
        exchange_->body.reset();
    }
    write(at);
}

// One send call in the usual case: head and body leave together, without a wait in between.
void Connection::write(SteadyTime at) {
    const std::string& head = exchange_->head;
    const std::string_view body =
        exchange_->body ? std::string_view(*exchange_->body) : std::string_view();
    const std::size_t total = head.size() + body.size();
    while (sent_ < total) {
        const std::string_view head_left =
            std::string_view(head).substr(std::min(sent_, head.size()));
        const std::string_view body_left =
            body.substr(sent_ > head.size() ? sent_ - head.size() : 0);
        std::size_t now_sent = 0;
        if (tls_) {
            const TlsStep step = tls_->write(head_left.empty() ? body_left : head_left, now_sent);
            // Room is told, and anything else that is no progress shows itself to the reader.
            if (step != TlsStep::done) return;
        } else {
            // The same; an early answer may lie in the receive buffer.
            if (socket_.write(head_left, body_left, now_sent)) return;
        }
        sent_ += now_sent;
    }
    written_ = true;
    exchange_->outcome.timings.written = elapsed(at);
}

// --- what the socket tells

void Connection::on_ready(std::uint32_t events) {
    const auto self = shared_from_this();  // the owner may let go of us
    const bool ended = (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
    if (phase_ == Phase::connecting) {
        if ((events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) == 0) return;
        on_connected(socket_.dialled());
    } else if (phase_ == Phase::securing) {
        return step_handshake();
    } else if (phase_ == Phase::exchanging && !written_ && (events & EPOLLOUT) != 0) {
        write(around_.clock.steady_now());
    }
    const bool listens = phase_ == Phase::exchanging || phase_ == Phase::idle;
    if (listens && (ended || (events & EPOLLIN) != 0)) read(ended);
}

// --- response

TlsStep Connection::receive(std::span<char> into, std::size_t& got) {
    if (tls_) return tls_->read(into, got);
    const error_code error = socket_.read(into, got);
    if (!error) return TlsStep::done;
    if (error == asio::error::would_block) return TlsStep::want_read;
    return error == asio::error::eof ? TlsStep::closed : TlsStep::failed;
}

// Until nothing is left, since what is there is told only once. Over TLS it may be nothing but a
// session ticket. `ended`: the peer has closed behind what is there.
void Connection::read(bool ended) {
    ResponseReader::State state = ResponseReader::State::more;
    while (true) {
        if (buffer_.size() - filled_ < first_buffer_bytes / 2) {
            buffer_.resize(std::max(first_buffer_bytes, 2 * buffer_.size()));
        }
        const std::span<char> room(buffer_.data() + filled_, buffer_.size() - filled_);
        std::size_t got = 0;
        const TlsStep step = receive(room, got);
        if (phase_ == Phase::idle) {
            if (step == TlsStep::want_read) return;
            shut();
            return around_.owner.on_idle_closed(*this);
        }
        if (step == TlsStep::done) {
            filled_ += got;
            if (state == ResponseReader::State::complete) break;  // bytes behind the response
            state = parse();
            const bool good =
                state == ResponseReader::State::more || state == ResponseReader::State::complete;
            // Less than there was room for: the socket is empty, and tells what comes next.
            if (!good || (!tls_ && !ended && got < room.size())) break;
            continue;
        }
        if (step == TlsStep::want_read || step == TlsStep::want_write) break;
        if (state == ResponseReader::State::complete) {
            retired_ = true;
            break;
        }
        const std::string_view why = tls_                      ? tls_->problem()
                                     : step == TlsStep::failed ? "the connection was reset"
                                                               : "";
        return on_stream_end(why.empty() ? "the receiver closed the connection" : why);
    }
    if (state != ResponseReader::State::more) on_complete(state);
}

ResponseReader::State Connection::parse() {
    heard_ = true;
    std::size_t taken = 0;
    const ResponseReader::State state =
        reader_.feed(std::string_view(buffer_.data(), filled_), taken);
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(taken),
              buffer_.begin() + static_cast<std::ptrdiff_t>(filled_), buffer_.begin());
    filled_ -= taken;
    // Of a response that comes whole finish() sets it.
    std::int32_t& first_byte = exchange_->outcome.timings.first_byte;
    if (state == ResponseReader::State::more && first_byte < 0) first_byte = elapsed();
    // What the parser wants whole (a header, a chunk's line, trailers) has one limit.
    if (state == ResponseReader::State::more && filled_ > around_.options.header_bytes_max) {
        return ResponseReader::State::too_large;
    }
    return state;
}

void Connection::on_complete(ResponseReader::State state) {
    switch (state) {
        case ResponseReader::State::more:
            return;
        case ResponseReader::State::complete:
            return finish(OutcomeKind::response, {});
        case ResponseReader::State::too_large:
            if (reader_.status() == 0) {
                return finish(OutcomeKind::protocol, "the response's header is too long");
            }
            return finish(OutcomeKind::response_too_large, "the response was cut");
        case ResponseReader::State::invalid:
            return finish(OutcomeKind::protocol, reader_.problem());
    }
}

void Connection::on_stream_end(std::string_view why) {
    if (heard_) {
        const ResponseReader::State state = reader_.end_of_stream();
        if (state == ResponseReader::State::complete) {
            return finish(OutcomeKind::response, {});
        }
        return finish(OutcomeKind::reset, reader_.problem());
    }
    if (exchange_->outcome.connection_reused && !exchange_->written_before) {
        exchange_->written_before = true;
        return end(ConnectionOwner::Ending::stale);
    }
    finish(OutcomeKind::reset, std::string(why));
}

AttemptPhase Connection::attempt_phase(OutcomeKind kind) const noexcept {
    switch (phase_) {
        case Phase::resolving:
            return AttemptPhase::dns;
        case Phase::connecting:
            return AttemptPhase::connect;
        case Phase::securing:
            return AttemptPhase::tls;
        case Phase::exchanging:
            if (kind == OutcomeKind::response) return AttemptPhase::done;
            if (heard_) return AttemptPhase::read;
            return written_ ? AttemptPhase::wait : AttemptPhase::write;
        default:
            return AttemptPhase::none;
    }
}

void Connection::finish(OutcomeKind kind, std::string detail) {
    assert(exchange_);
    Outcome& outcome = exchange_->outcome;
    outcome.kind = kind;
    outcome.phase = attempt_phase(kind);
    outcome.detail = std::move(detail);
    const SteadyTime at = around_.clock.steady_now();
    // By the clock that does not jump.
    outcome.ended =
        outcome.started + std::chrono::duration_cast<milliseconds>(at - exchange_->sent);
    outcome.timings.done = elapsed(at);
    if (heard_ && outcome.timings.first_byte < 0) outcome.timings.first_byte = elapsed(at);
    const bool has_response =
        kind == OutcomeKind::response || kind == OutcomeKind::response_too_large;
    if (has_response) {
        outcome.status = reader_.status();
        outcome.response_text = reader_.text();
        outcome.retry_after = reader_.retry_after(outcome.ended);
        const std::string location = outcome.status / 100 == 3 ? reader_.location() : "";
        if (!location.empty()) outcome.detail = "redirect to " + location + " not followed";
    }
    const bool again = kind == OutcomeKind::response && reader_.reusable() && written_ &&
                       filled_ == 0 && fit_for_reuse(at);
    end(again ? ConnectionOwner::Ending::reusable : ConnectionOwner::Ending::closed, at);
}

void Connection::finish_later(OutcomeKind kind, std::string detail) {
    asio::post(around_.io, [weak = weak_from_this(), exchange = exchange_.get(), kind,
                            detail = std::move(detail)]() mutable {
        // A deadline may have ended the attempt first; the address of the next could be the same,
        // but a connection that did not open gets no next one.
        const auto self = weak.lock();
        if (self && exchange != nullptr && self->exchange_.get() == exchange) {
            self->finish(kind, std::move(detail));
        }
    });
}

void Connection::end(ConnectionOwner::Ending ending, SteadyTime at) {
    const auto self = shared_from_this();  // the owner may let go of us
    if (ending == ConnectionOwner::Ending::reusable) {
        phase_ = Phase::idle;
        idle_since_ = at;
    } else {
        shut();
    }
    around_.owner.on_done(*this, std::move(exchange_), ending);
}

}  // namespace assay::notify
