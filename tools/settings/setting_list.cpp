// The list of settings, and their tie to the modules' Options.
// SPDX-License-Identifier: MIT
#include "tools/settings/setting_list.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

#include "engine/base/limits.hpp"

namespace assay::tools {
namespace {

using std::chrono::milliseconds;
using enum SettingKind;

constexpr std::int64_t second = 1'000, minute = 60 * second, hour = 60 * minute;
constexpr auto kib = static_cast<std::int64_t>(limits::kibibyte);
constexpr auto mib = static_cast<std::int64_t>(limits::mebibyte);

// What one row says beside its field.
struct Row {
    std::string_view table, name;
    SettingKind kind;
    std::string_view about;
    std::string_view example = {};
    std::int64_t least = 0, most = 0;
    std::string_view environment_name = {};
};

template <class Value>
constexpr bool is_duration = false;
template <class Count, class Period>
constexpr bool is_duration<std::chrono::duration<Count, Period>> = true;

// `field` gives the option's field of a Settings, const or not.
template <class Field>
Setting make(const Row& row, Field field) {
    using Value = std::remove_cvref_t<decltype(field(std::declval<Settings&>()))>;
    Setting setting{row.table,   row.name,  row.kind, row.about,
                    row.example, row.least, row.most, row.environment_name,
                    {},          {}};
    setting.get = [field](const Settings& settings) -> SettingValue {
        const Value& value = field(settings);
        if constexpr (is_duration<Value>) {
            return static_cast<std::int64_t>(
                std::chrono::duration_cast<milliseconds>(value).count());
        } else if constexpr (std::is_integral_v<Value> && !std::is_same_v<Value, bool>) {
            return static_cast<std::int64_t>(value);
        } else {
            return value;
        }
    };
    setting.set = [field](Settings& settings, const SettingValue& value) {
        Value& target = field(settings);
        if constexpr (is_duration<Value>) {
            target = std::chrono::duration_cast<Value>(milliseconds(std::get<std::int64_t>(value)));
        } else if constexpr (std::is_integral_v<Value> && !std::is_same_v<Value, bool>) {
            target = static_cast<Value>(std::get<std::int64_t>(value));
        } else {
            target = std::get<Value>(value);
        }
    };
    return setting;
}

#define FIELD(path)               \
    [](auto& settings) -> auto& { \
        return settings.path;     \
    }

void add_client(std::vector<Setting>& all) {
    all.push_back(make({"client", "server", text, "Where the server is", "", 0, 0, "ASSAY_SERVER"},
                       FIELD(client.server)));
    all.push_back(make(
        {"client", "key_file", text, "File with the API key, which only you may read (chmod 600)",
         "\"/home/me/.config/assay/api.key\"", 0, 0, "ASSAY_API_KEY_FILE"},
        FIELD(client.key_file)));
    all.push_back(
        make({"client", "key", secret, "The API key itself; then this file must be mode 0600",
              "\"ak_...\"", 0, 0, "ASSAY_API_KEY"},
             FIELD(client.key)));
}

void add_serve(std::vector<Setting>& all) {
    all.push_back(
        make({"serve", "data_dir", text, "Where everything is kept; made at the first start"},
             FIELD(serve.data_directory)));
    all.push_back(
        make({"serve", "listen", text, "ADDRESS:PORT to listen on; port 0 takes a free one"},
             FIELD(serve.listen)));
    all.push_back(make({"serve", "public_url", text,
                        "How receivers reach this server, for the results links in webhooks; "
                        "else the address it listens on",
                        "\"https://assay.example.com\""},
                       FIELD(serve.public_url)));
    all.push_back(make(
        {"serve", "tls_cert", text, "PEM file with the certificate and its chain: serves HTTPS",
         "\"/etc/assay/cert.pem\""},
        FIELD(http.tls_certificate)));
    all.push_back(make(
        {"serve", "tls_key", text, "PEM file with the certificate's key", "\"/etc/assay/key.pem\""},
        FIELD(http.tls_key)));
    all.push_back(make({"serve", "key_file", text,
                        "File with the 32-byte master key (64 hexadecimal digits) that seals "
                        "secrets; else ASSAY_MASTER_KEY, else one is made beside the data",
                        "\"/etc/assay/master.key\""},
                       FIELD(serve.key_file)));
    all.push_back(make(
        {"serve", "fees", text, "Directory of your own fee files (*.json), which come before ours",
         "\"/etc/assay/fees\""},
        FIELD(serve.fees_directory)));
    all.push_back(make({"serve", "rates", text,
                        "File of exchange rates (date,base,quote,rate), so that sold prices in "
                        "other currencies count",
                        "\"/etc/assay/rates.csv\""},
                       FIELD(serve.rates_file)));
    all.push_back(make({"serve", "brands", text,
                        "File of your own brands, in the form of data/analysis/brands.json",
                        "\"/etc/assay/brands.json\""},
                       FIELD(serve.brands_file)));
    all.push_back(make({"serve", "words", text,
                        "File of your own words for lots, bundles, defects and conditions, in the "
                        "form of data/analysis/words.json",
                        "\"/etc/assay/words.json\""},
                       FIELD(serve.words_file)));
    all.push_back(make({"serve", "profiles", text,
                        "Directory of your own profiles (*.json), beside ours; docs/profiles.md",
                        "\"/etc/assay/profiles\""},
                       FIELD(serve.profiles_directory)));
    all.push_back(make({"serve", "comps", text,
                        "File of sold prices (.csv, .ndjson, also .gz), for tenants that have "
                        "uploaded none",
                        "\"/etc/assay/sales.csv\""},
                       FIELD(serve.comps_file)));
    all.push_back(make(
        {"serve", "comps_currency", text, "The currency of sold prices that name none", "\"EUR\""},
        FIELD(serve.comps_currency)));
    all.push_back(
        make({"serve", "comps_columns", list, "Name columns of that file that are not understood",
              "[\"price=Betrag\", \"ean=Code\"]"},
             FIELD(serve.comps_columns)));
    all.push_back(make({"serve", "allow_insecure_endpoints", flag,
                        "Let webhooks go to http:// and to this machine, for trying things out"},
                       FIELD(serve.allow_insecure_endpoints)));
    all.push_back(make({"serve", "allow_endpoint_cidr", list,
                        "Let webhooks go to these private networks", "[\"10.1.0.0/16\"]"},
                       FIELD(serve.endpoint_cidrs)));
}

void add_engine(std::vector<Setting>& all) {
    all.push_back(make({"engine", "threads", count, "Threads that analyse; 0: one per core", "", 0,
                        limits::engine_threads_max},
                       FIELD(engine.threads)));
    all.push_back(make({"engine", "chunks_in_flight_max", count,
                        "Chunks of 64 products that are analysed or wait for the disk at once", "",
                        1, limits::commit_group_max},
                       FIELD(engine.tokens)));
    all.push_back(make(
        {"engine", "open_batches_max", count,
         "Batches queued or running at once, of all tenants; more are refused", "", 1, 100'000},
        FIELD(engine.open_batches_max)));
    all.push_back(make({"engine", "receiving_max", count,
                        "Submissions under way at once; more are refused", "", 1, 10'000},
                       FIELD(engine.receiving_max)));
    all.push_back(make({"engine", "progress_interval", duration,
                        "Shortest pause between two batch.progress events of a batch", "", 0, hour},
                       FIELD(engine.progress.interval)));
    all.push_back(make({"engine", "progress_step", count,
                        "Percent of a batch between two batch.progress events", "", 1, 100},
                       FIELD(engine.progress.step)));
}

void add_store(std::vector<Setting>& all) {
    all.push_back(make({"store", "size_max", bytes,
                        "What the store may hold; beyond, submissions are refused with 507", "",
                        std::int64_t{64} * mib, std::int64_t{1} << 50},
                       FIELD(engine.store_bytes_max)));
    all.push_back(
        make({"store", "queue_max", count, "Writes that may wait for the disk; more are refused",
              "", 1'024, 1'000'000},
             FIELD(store.queue_max)));
    all.push_back(
        make({"store", "commit_group_max", count, "Writes that share one commit", "", 1, 1'024},
             FIELD(store.group_max)));
    all.push_back(
        make({"store", "wal_bytes_max", bytes, "Size at which the write-ahead log is restarted", "",
              128 * mib, 4'096 * mib},
             FIELD(store.wal_bytes_max)));
    all.push_back(make(
        {"store", "checkpoint_bytes", bytes,
         "New log that wakes the thread which moves it into the database", "", 64 * kib, 64 * mib},
        FIELD(store.checkpoint_bytes)));
    all.push_back(make(
        {"store", "reopen_delay_first", duration,
         "Pause before the store is opened again after an I/O error; it doubles", "", 1, second},
        FIELD(store.reopen_delay_first)));
    all.push_back(
        make({"store", "reopen_delay_max", duration, "The longest such pause", "", second, minute},
             FIELD(store.reopen_delay_max)));
}

void add_retention(std::vector<Setting>& all) {
    constexpr std::int64_t most = limits::retention_days_max;
    all.push_back(make({"retention", "results", count,
                        "Days that results and inputs are kept, where a tenant has no wish of its "
                        "own",
                        "", 1, most},
                       FIELD(retention.days.results)));
    all.push_back(make({"retention", "events", count, "Days that events are kept", "", 1, most},
                       FIELD(retention.days.events)));
    all.push_back(
        make({"retention", "deliveries", count, "Days that deliveries are kept", "", 1, most},
             FIELD(retention.days.deliveries)));
    all.push_back(make({"retention", "dead_letters", count,
                        "Days that deliveries which never succeeded are kept", "", 1, most},
                       FIELD(retention.days.dead_letters)));
    all.push_back(
        make({"retention", "interval", duration,
              "How often it is looked for what is old enough to go", "", minute, 24 * hour},
             FIELD(retention.interval)));
}

void add_http(std::vector<Setting>& all) {
    all.push_back(make({"http", "workers", count, "Threads that answer requests", "", 1, 64},
                       FIELD(http.workers)));
    all.push_back(make({"http", "waiting_max", count,
                        "Requests that may wait for a worker; more get 503", "", 1, 100'000},
                       FIELD(http.waiting_max)));
    all.push_back(make({"http", "connections_max", count, "Open connections", "", 1, 1'000'000},
                       FIELD(http.connections_max)));
    all.push_back(make({"http", "connections_per_address_max", count,
                        "Open connections of one client address", "", 1, 1'000'000},
                       FIELD(http.connections_per_address_max)));
    all.push_back(make({"http", "live_streams_max", count,
                        "Clients that follow progress at once; more get 503", "", 1, 100'000},
                       FIELD(http.live_streams_max)));
    all.push_back(make({"http", "header_timeout", duration, "Time for a request's whole header", "",
                        second, 5 * minute},
                       FIELD(http.header_timeout)));
    all.push_back(make({"http", "body_idle_timeout", duration,
                        "Longest pause of a body that is being sent", "", second, hour},
                       FIELD(http.body_idle_timeout)));
    all.push_back(make({"http", "body_rate_min", bytes,
                        "Bytes a second below which a body is given up", "", 1, mib},
                       FIELD(http.body_rate_min)));
    all.push_back(make({"http", "write_timeout", duration,
                        "Time a client has to take each 64 KiB of an answer", "", second, hour},
                       FIELD(http.write_timeout)));
    all.push_back(make({"http", "keep_alive_timeout", duration,
                        "How long an idle connection is kept", "", second, hour},
                       FIELD(http.keep_alive_timeout)));
    all.push_back(
        make({"http", "heartbeat", duration,
              "How often a quiet progress stream shows that it lives", "", second, 5 * minute},
             FIELD(http.heartbeat)));
}

void add_notify(std::vector<Setting>& all) {
    all.push_back(
        make({"notify", "shards", count, "Threads that sign and send webhooks", "", 1, 16},
             FIELD(notify.shards)));
    all.push_back(make({"notify", "ca_bundle", text,
                        "PEM file of further authorities that receivers' certificates may have",
                        "\"/etc/assay/our-ca.pem\""},
                       FIELD(notify.ca_bundle)));
    all.push_back(make({"notify", "drain", duration,
                        "What attempts under way get when the server stops", "", 0, minute},
                       FIELD(notify.drain)));
    all.push_back(make({"notify", "disable_after", duration,
                        "After so long of nothing but failures an endpoint is switched off, where "
                        "its profile says so; 0ms: never",
                        "", 0, 30 * 24 * hour},
                       FIELD(notify.disable_after)));
    all.push_back(make(
        {"notify", "dns_timeout", duration, "Time to resolve a receiver's name", "", 100, minute},
        FIELD(notify.dns_timeout)));
    all.push_back(make(
        {"notify", "connect_timeout", duration, "Time to connect to a receiver", "", 100, minute},
        FIELD(notify.connect_timeout)));
    all.push_back(
        make({"notify", "tls_timeout", duration, "Time for the TLS handshake", "", 100, minute},
             FIELD(notify.tls_timeout)));
    all.push_back(make({"notify", "connection_age_max", duration,
                        "After that a kept connection is closed, and the name resolved again", "",
                        second, 5 * minute},
                       FIELD(notify.connection_age_max)));
    all.push_back(
        make({"notify", "connection_idle_max", duration,
              "How long an idle connection to a receiver is kept", "", second, 5 * minute},
             FIELD(notify.connection_idle_max)));
    all.push_back(make({"notify", "connections_per_origin_max", count,
                        "Connections of a shard to one receiver", "", 1, 1'024},
                       FIELD(notify.connections_per_origin_max)));
    all.push_back(make({"notify", "connections_idle_max", count,
                        "Idle connections that a shard keeps", "", 0, 65'536},
                       FIELD(notify.connections_idle_max)));
}

void add_smtp(std::vector<Setting>& all) {
    all.push_back(make({"smtp", "url", text,
                        "Mail server for the channel email and for failure mails: smtp://HOST:PORT "
                        "or smtps://HOST:PORT; without it no mail is sent",
                        "\"smtp://mail.example.com:587\""},
                       FIELD(notify.mail.url)));
    all.push_back(make({"smtp", "starttls", text,
                        "Whether smtp:// must turn to TLS before a word is said: required, "
                        "opportunistic or off"},
                       FIELD(notify.mail.starttls)));
    all.push_back(
        make({"smtp", "sender", text, "Whom mails come from", "\"Assay <assay@example.com>\""},
             FIELD(notify.mail.sender)));
    all.push_back(make({"smtp", "allow_cidr", list,
                        "Private addresses at which the mail server may be; those of "
                        "serve.allow_endpoint_cidr may be dialled anyway",
                        "[\"127.0.0.1\"]"},
                       FIELD(serve.smtp_cidrs)));
    all.push_back(make({"smtp", "user", text, "Name at the mail server; without it no login",
                        "\"assay@example.com\""},
                       FIELD(notify.mail.user)));
    all.push_back(make({"smtp", "password_file", text,
                        "File with the password, which only you may read (chmod 600)",
                        "\"/etc/assay/smtp.password\""},
                       FIELD(serve.smtp_password_file)));
    all.push_back(make({"smtp", "password", secret,
                        "The password itself; then this file must be mode 0600", "\"...\""},
                       FIELD(notify.mail.password)));
    all.push_back(make({"smtp", "ca_bundle", text,
                        "PEM file of the authorities the mail server's certificate may have, "
                        "instead of the system's",
                        "\"/etc/assay/our-ca.pem\""},
                       FIELD(notify.mail.ca_bundle)));
}

#undef FIELD

std::vector<Setting> make_all() {
    std::vector<Setting> all;
    for (const auto add : {add_client, add_serve, add_engine, add_store, add_http, add_notify,
                           add_smtp, add_retention})
        add(all);
    return all;
}

}  // namespace

Settings::Settings() {
    // Together with what is quick they stay under the 12 seconds that a stop may take.
    notify.drain = milliseconds(6'000);
}

std::span<const Setting> all_settings() {
    static const std::vector<Setting> all = make_all();
    return all;
}

const Setting* find_setting(std::string_view full_name) {
    const auto all = all_settings();
    const auto found = std::find_if(all.begin(), all.end(), [&](const Setting& setting) {
        return setting.full_name() == full_name;
    });
    return found == all.end() ? nullptr : &*found;
}

Result<notify::NotifierOptions> notifier_options(const Settings& settings) {
    notify::NotifierOptions notifier = settings.notify;
    const bool insecure = settings.serve.allow_insecure_endpoints;
    notifier.urls.allow_http = notifier.urls.allow_loopback = insecure;
    notifier.addresses.allow_loopback = insecure;
    const auto read = [](const std::vector<std::string>& texts, const char* field,
                         std::vector<notify::Cidr>& blocks) -> Result<void> {
        for (const std::string& text : texts) {
            auto cidr = notify::parse_cidr(text);
            if (!cidr) {
                cidr.error().field = field;
                return std::move(cidr).error();
            }
            blocks.push_back(*cidr);
        }
        return {};
    };
    if (auto done = read(settings.serve.endpoint_cidrs, "serve.allow_endpoint_cidr",
                         notifier.addresses.allowed);
        !done) {
        return std::move(done).error();
    }
    if (auto done =
            read(settings.serve.smtp_cidrs, "smtp.allow_cidr", notifier.mail.addresses.allowed);
        !done) {
        return std::move(done).error();
    }
    return notifier;
}

std::vector<Error> validate(const Settings& settings) {
    std::vector<Error> faults;
    // A module knows its fields by their own names; here they are known by the table's.
    const auto note = [&](const char* table, const Result<void>& checked) {
        if (checked) return;
        Error fault = checked.error();
        static constexpr std::pair<std::string_view, std::string_view> renamed[] = {
            {"http.tls_certificate", "serve.tls_cert"},
            {"store.group_max", "store.commit_group_max"},
            {"engine.tokens", "engine.chunks_in_flight_max"}};
        fault.field = std::string(table) + (fault.field.empty() ? "" : "." + fault.field);
        for (const auto& [from, to] : renamed) {
            if (fault.field == from) fault.field = to;
        }
        constexpr std::string_view mail = "notify.mail.";
        if (fault.field.starts_with(mail)) fault.field = "smtp." + fault.field.substr(mail.size());
        faults.push_back(std::move(fault));
    };
    note("engine", engine::validate(settings.engine));
    note("store", engine::validate(settings.store));
    note("http", tools::validate(settings.http));
    const bool password_comes = !settings.serve.smtp_password_file.empty();
    if (password_comes && !settings.notify.mail.password.empty()) {
        faults.push_back(fail(ErrorCode::invalid_argument, "stands beside smtp.password_file",
                              "smtp.password", "keep one of the two"));
    }
    if (auto for_notify = notifier_options(settings)) {
        if (password_comes) for_notify->mail.password = "what the file holds";
        note("notify", notify::validate(*for_notify));
    } else {
        faults.push_back(std::move(for_notify).error());
    }
    note("retention", tools::validate(settings.retention));
    if (!settings.client.key.empty() && !settings.client.key_file.empty()) {
        faults.push_back(fail(ErrorCode::invalid_argument, "stands beside client.key_file",
                              "client.key", "keep one of the two"));
    }
    return faults;
}

}  // namespace assay::tools
