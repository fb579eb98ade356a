// Routes requests by their channel.
// SPDX-License-Identifier: MIT
#include "notify/channel/channel_transport.hpp"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "notify/message/discord.hpp"

namespace assay::notify {
namespace {

constexpr int too_many_requests = 429;

// Discord says it in the body, to the millisecond; its header may be that of a proxy before it.
void read_wait(Outcome& outcome) {
    if (!has_status(outcome.kind) || outcome.status != too_many_requests) return;
    const std::optional<std::chrono::seconds> asked = discord_retry_after(outcome.response_text);
    if (!asked) return;
    outcome.retry_after = std::max(*asked, outcome.retry_after.value_or(std::chrono::seconds(0)));
}

class ChannelTransport final : public Transport {
  public:
    ChannelTransport(boost::asio::io_context& io, const Clock& clock,
                     std::unique_ptr<Transport> http, Mailer* mailer)
        : io_(io), clock_(clock), http_(std::move(http)), mailer_(mailer) {}

    void send(const SignedRequest& request, Answer answer) override {
        switch (request.to->channel) {
            case Channel::http:
                return http_->send(request, std::move(answer));
            case Channel::discord:
                return http_->send(request, [answer = std::move(answer)](Outcome outcome) {
                    read_wait(outcome);
                    answer(std::move(outcome));
                });
            case Channel::email:
                return send_mail(request, std::move(answer));
        }
    }

    void forget(std::string_view origin) override { http_->forget(origin); }

  private:
    void send_mail(const SignedRequest& request, Answer answer) {
        Outcome outcome;
        outcome.started = outcome.ended = clock_.now();
        Result<std::vector<std::string>> recipients = parse_mailto(request.to->url);
        if (!recipients) {
            outcome.kind = OutcomeKind::invalid_request;
            outcome.detail = recipients.error().message;
            return later(std::move(answer), std::move(outcome));
        }
        if (mailer_ == nullptr) {
            outcome.kind = OutcomeKind::connect;
            outcome.detail = "no mail server is set: see smtp.url";
            return later(std::move(answer), std::move(outcome));
        }
        Mail mail{*std::move(recipients), request.message_id, {}, request.body};
        for (Header& header : request.headers.list()) {
            if (header.name.starts_with("X-Assay-")) mail.headers.push_back(std::move(header));
        }
        const std::weak_ptr<int> alive = alive_;
        auto shared = std::make_shared<Answer>(std::move(answer));
        const bool taken = mailer_->try_send(
            std::move(mail), request.to->timeout, [io = &io_, alive, shared](Outcome ended) {
                boost::asio::post(*io, [alive, shared, ended = std::move(ended)]() mutable {
                    if (!alive.expired()) (*shared)(std::move(ended));
                });
            });
        if (taken) return;
        outcome.detail = "too many mails wait already";
        later(std::move(*shared), std::move(outcome));
    }

    void later(Answer answer, Outcome outcome) {
        boost::asio::post(io_, [alive = std::weak_ptr<int>(alive_), answer = std::move(answer),
                                outcome = std::move(outcome)]() mutable {
            if (!alive.expired()) answer(std::move(outcome));
        });
    }

    boost::asio::io_context& io_;
    const Clock& clock_;
    std::unique_ptr<Transport> http_;
    Mailer* mailer_;
    // Ends with this: answers that come later find nobody. Looked at on the shard's thread only.
    std::shared_ptr<int> alive_ = std::make_shared<int>(0);
};

}  // namespace

std::unique_ptr<Transport> make_channel_transport(boost::asio::io_context& io, const Clock& clock,
                                                  std::unique_ptr<Transport> http, Mailer* mailer) {
    return std::make_unique<ChannelTransport>(io, clock, std::move(http), mailer);
}

}  // namespace assay::notify
