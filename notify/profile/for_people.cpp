// Says in words what events say in data.
// SPDX-License-Identifier: MIT
#include "notify/profile/for_people.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cassert>
#include <cstdio>

#include "engine/base/json_writer.hpp"
#include "engine/base/money.hpp"
#include "engine/event/batch_facts.hpp"
#include "notify/message/discord.hpp"
#include "notify/message/mail.hpp"

namespace assay::notify {
namespace {

namespace json = boost::json;
using engine::BatchFacts;

constexpr std::size_t facts_max = 60;  // beyond what any channel shows
constexpr int nesting_max = 3;         // deeper objects are shown as JSON

Error corrupt(const engine::Event& event, std::string_view what) {
    return fail(ErrorCode::corrupt, "the data of " + event.type + " " + std::string(what));
}

std::string two_decimals(double value) {
    std::string text(32, '\0');
    const int size = std::snprintf(text.data(), text.size(), "%.2f", value);
    text.resize(static_cast<std::size_t>(std::max(size, 0)));
    return text;
}

std::string seconds_text(std::chrono::milliseconds time) {
    return two_decimals(static_cast<double>(std::max<std::int64_t>(0, time.count())) / 1'000.0) +
           " s";
}

std::string shown(const json::value& value) {
    if (value.is_string()) return std::string(value.get_string());
    if (value.is_null()) return "-";
    if (value.is_bool()) return value.get_bool() ? "yes" : "no";
    return json::serialize(value);
}

// "a.b: value" for each member.
void flatten(const json::object& object, const std::string& prefix, int depth,
             std::vector<Fact>& facts) {
    for (const auto& [key, value] : object) {
        if (facts.size() == facts_max) return;
        const std::string name = prefix + std::string(key);
        if (value.is_object() && depth < nesting_max && !value.get_object().empty()) {
            flatten(value.get_object(), name + ".", depth + 1, facts);
        } else {
            facts.push_back({name, shown(value)});
        }
    }
}

const json::value* at(const json::object& object, std::initializer_list<std::string_view> path) {
    const json::object* here = &object;
    const json::value* found = nullptr;
    for (const std::string_view key : path) {
        if (here == nullptr) return nullptr;
        found = here->if_contains(key);
        if (found == nullptr) return nullptr;
        here = found->if_object();
    }
    return found;
}

std::string text_at(const json::object& object, std::initializer_list<std::string_view> path) {
    const json::value* const value = at(object, path);
    return value == nullptr || value->is_null() ? std::string() : shown(*value);
}

void add_fact(Message& message, std::string_view name, std::string value) {
    if (!value.empty()) message.facts.push_back({std::string(name), std::move(value)});
}

// "insufficient_data" -> "insufficient data": a code as a word.
std::string worded(std::string text) {
    std::replace(text.begin(), text.end(), '_', ' ');
    return text;
}

// --- batches

std::string batch_title(std::string_view type, const BatchFacts& facts) {
    const std::string total =
        std::to_string(facts.total) + (facts.total == 1 ? " product" : " products");
    if (type == "batch.started") return "Batch started: " + total;
    if (type == "batch.progress") {
        return "Batch under way: " +
               std::to_string(facts.successful + facts.failed + facts.cancelled) + " of " + total;
    }
    if (type == "batch.failed") return "Batch failed: none of " + total + " succeeded";
    const std::string counts = std::to_string(facts.successful) + " of " + total + " succeeded";
    return (type == "batch.cancelled" ? "Batch cancelled: " : "Batch completed: ") + counts;
}

Tone batch_tone(std::string_view type, const BatchFacts& facts) noexcept {
    if (type == "batch.failed") return Tone::bad;
    if (type == "batch.cancelled") return Tone::warning;
    if (type != "batch.completed") return Tone::neutral;
    return facts.failed > 0 ? Tone::warning : Tone::good;
}

Result<void> say_batch(const Page& page, Message& message) {
    const engine::Event& event = page.event;
    const Result<BatchFacts> facts = engine::parse_batch_facts(event.data);
    if (!facts) return facts.error();
    message.title = batch_title(event.type, *facts);
    message.tone = batch_tone(event.type, *facts);
    add_fact(message, "Batch", facts->batch.text());
    add_fact(message, "Collection", facts->collection_id.value_or(""));
    add_fact(message, "Products", std::to_string(facts->total));
    if (event.type == "batch.started") return {};
    add_fact(message, "Succeeded", std::to_string(facts->successful));
    add_fact(message, "Failed", std::to_string(facts->failed));
    if (facts->cancelled > 0) add_fact(message, "Cancelled", std::to_string(facts->cancelled));
    if (!engine::is_terminal(event.type)) return {};
    add_fact(message, "Success rate",
             two_decimals(engine::success_rate(facts->successful, facts->total)) + " %");
    if (facts->started_at && facts->completed_at) {
        add_fact(message, "Duration", seconds_text(*facts->completed_at - *facts->started_at));
    }
    std::string verdicts;
    for (const auto& [verdict, count] : facts->by_verdict) {
        verdicts += (verdicts.empty() ? "" : ", ") + worded(verdict) + " " + std::to_string(count);
    }
    add_fact(message, "Verdicts", std::move(verdicts));
    message.link = page.options.results_url;
    return {};
}

// --- products

// A price of the result, in its currency's own decimals; empty: there is none.
std::string price_text(const json::object& line) {
    const json::value* const amount = at(line, {"result", "price", "p50"});
    const Result<Currency> currency =
        Currency::parse(text_at(line, {"result", "price", "currency"}));
    if (amount == nullptr || !amount->is_int64() || !currency) return {};
    return format_decimal(amount->get_int64(), currency->exponent()) + " " +
           std::string(currency->code());
}

std::string joined(const json::value* list) {
    std::string text;
    if (list == nullptr || !list->is_array()) return text;
    for (const json::value& one : list->get_array())
        text += (text.empty() ? "" : ", ") + shown(one);
    return text;
}

Result<json::object> parse_object(const engine::Event& event, std::string_view text) {
    boost::system::error_code error;
    json::value value = json::parse(text, error);
    if (error || !value.is_object()) return corrupt(event, "is not a JSON object");
    return std::move(value.get_object());
}

// Of a product that has only begun nothing is known but its id: its result is not there yet.
Result<void> say_item_started(const engine::Event& event, Message& message) {
    const Result<json::object> reference = parse_object(event, event.data);
    if (!reference) return reference.error();
    const std::string product = text_at(*reference, {"product_id"});
    if (product.empty()) return corrupt(event, "names no product");
    message.title = "Product started: " + product;
    add_fact(message, "Product", product);
    add_fact(message, "Batch", text_at(*reference, {"batch_id"}));
    return {};
}

Result<void> say_item(const Page& page, const ItemSource& item, Message& message) {
    const engine::Event& event = page.event;
    const Result<json::object> reference = parse_object(event, event.data);
    if (!reference) return reference.error();
    const json::value* const index = reference->if_contains("index");
    if (index == nullptr || !index->is_int64() || index->get_int64() < 0 || !item) {
        return corrupt(event, "names no item of a batch");
    }
    const Result<std::string> text = item(index->get_int64());
    if (!text) return text.error();
    const Result<json::object> line = parse_object(event, *text);
    if (!line) return line.error();
    const std::string product = text_at(*line, {"product_id"});
    std::string title = text_at(*line, {"product_data", "title"});
    if (title.empty()) title = product;
    const std::string decision = text_at(*line, {"result", "verdict", "decision"});
    if (event.type == "item.failed") {
        message.title = "Product failed: " + title;
        message.tone = Tone::bad;
    } else {
        message.title = (decision.empty() ? "Product analysed: " : worded(decision) + ": ") + title;
        message.tone = decision == "buy"     ? Tone::good
                       : decision == "avoid" ? Tone::bad
                                             : Tone::neutral;
    }
    add_fact(message, "Product", product);
    add_fact(message, "Batch", text_at(*reference, {"batch_id"}));
    add_fact(message, "Verdict", worded(decision));
    add_fact(message, "Score", text_at(*line, {"result", "verdict", "score"}));
    add_fact(message, "Reasons", worded(joined(at(*line, {"result", "verdict", "reasons"}))));
    add_fact(message, "Expected price", price_text(*line));
    add_fact(message, "Best channel", text_at(*line, {"result", "best_channel"}));
    add_fact(message, "Error", text_at(*line, {"error", "message"}));
    add_fact(message, "Field", text_at(*line, {"error", "field"}));
    return {};
}

// --- the rest

void say_quota(const engine::Event& event, const json::object& data, Message& message) {
    const bool exceeded = event.type == "quota.exceeded";
    message.tone = exceeded ? Tone::bad : Tone::warning;
    message.title = exceeded ? "The month's quota is used up"
                             : text_at(data, {"percent_used"}) + " % of the month's quota is used";
    if (exceeded) message.text = "Submissions are refused until it starts anew.";
    add_fact(message, "Used", text_at(data, {"requests_used"}));
    add_fact(message, "Limit", text_at(data, {"requests_limit"}));
    add_fact(message, "Of the plan", text_at(data, {"plan_limit"}));
    add_fact(message, "Bonus left", text_at(data, {"bonus_requests"}));
    add_fact(message, "Reset", text_at(data, {exceeded ? "reset_date" : "reset"}));
}

void say_own(const engine::Event& event, const json::object& data, Message& message) {
    message.title = event.type;
    if (event.type == "endpoint.disabled") {
        message.title = "A webhook was switched off";
        message.text = "Mend its receiver, then enable it again; nothing is sent there until then.";
        message.tone = Tone::bad;
    } else if (event.type == "endpoint.recovered") {
        message.title = "A webhook works again";
        message.tone = Tone::good;
    } else if (event.type == "delivery.exhausted") {
        message.title = "A delivery was given up";
        message.text = "It stays listed as a dead letter and can be sent again.";
        message.tone = Tone::bad;
    }
    flatten(data, "", 1, message.facts);
    if (message.title == event.type) return;  // the user's own names stay as they are
    for (Fact& fact : message.facts)
        fact.name = worded(std::move(fact.name));
}

}  // namespace

Result<Message> message_of(const Page& page, const ItemSource& item) {
    const engine::Event& event = page.event;
    Message message;
    message.time = event.created_at;
    message.footer = std::string(page.wire_type) + " " + std::string(page.message_id);
    Result<void> said;
    if (event.type.starts_with("batch.")) {
        said = say_batch(page, message);
    } else if (event.type == "item.started") {
        said = say_item_started(event, message);
    } else if (event.type.starts_with("item.")) {
        said = say_item(page, item, message);
    } else {
        const Result<json::object> data = parse_object(event, event.data);
        if (!data) return data.error();
        event.type.starts_with("quota.") ? say_quota(event, *data, message)
                                         : say_own(event, *data, message);
    }
    if (!said) return std::move(said).error();
    return message;
}

Result<std::string> mail_as_json(const Page& page, const ItemSource& item) {
    const Result<Message> message = message_of(page, item);
    if (!message) return message.error();
    const MailTexts texts = mail_texts(*message);
    std::string text;
    JsonWriter(text)
        .begin_object()
        .member("subject", texts.subject)
        .member("text", texts.plain)
        .member("html", texts.html)
        .end_object();
    return text;
}

Result<Rendered> render_for_people(const Page& page, const ItemSource& item) {
    const Result<Message> message = message_of(page, item);
    if (!message) return message.error();
    assert(channel_of(page.profile.envelope) != Channel::http);
    Rendered rendered;
    rendered.body =
        page.profile.envelope == Envelope::discord ? discord_body(*message) : mail_body(*message);
    return rendered;
}

}  // namespace assay::notify
