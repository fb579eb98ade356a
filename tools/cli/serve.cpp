// Builds the server from the store upwards, waits, and takes it down in the opposite order.
// SPDX-License-Identifier: MIT
#include "tools/cli/serve.hpp"

#include <openssl/crypto.h>
#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <ostream>

#include "engine/base/ascii.hpp"
#include "engine/base/json_writer.hpp"
#include "engine/base/version.hpp"
#include "engine/engine.hpp"
#include "notify/notifier.hpp"
#include "tools/api/api.hpp"
#include "tools/api/http_server.hpp"
#include "tools/api/key_store.hpp"
#include "tools/api/log.hpp"
#include "tools/cli/comps_file.hpp"
#include "tools/cli/fee_directory.hpp"
#include "tools/cli/master_key.hpp"
#include "tools/cli/profile_directory.hpp"
#include "tools/cli/setting_flags.hpp"
#include "tools/cli/stop_signal.hpp"
#include "tools/retention/retention.hpp"
#include "tools/settings/private_file.hpp"

namespace assay::tools {
namespace {

using std::chrono::milliseconds;

// Together with notify.drain and what is quick it stays under the 12 seconds that a stop may take.
constexpr milliseconds requests_drain{4'000};

// No secret ever lands in a core file, and descriptors are what the machine allows.
void set_process_limits() {
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    rlimit files{};
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
    std::signal(SIGPIPE, SIG_IGN);
}

void write_to_stderr(std::string_view line) {
    while (!line.empty()) {
        const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
        if (written <= 0) return;  // nobody reads the log: the work goes on
        line.remove_prefix(static_cast<std::size_t>(written));
    }
}

// Errors: invalid_argument (an empty file), io_error.
Result<void> read_mail_password(const ServeSettings& serve, notify::MailerOptions& mail) {
    if (serve.smtp_password_file.empty()) return {};
    auto text = read_private_file(serve.smtp_password_file, "password file", "smtp.password_file");
    if (!text) return std::move(text).error();
    mail.password = trim(*text);
    OPENSSL_cleanse(text->data(), text->size());
    if (!mail.password.empty()) return {};
    return fail(ErrorCode::invalid_argument, serve.smtp_password_file + " is empty",
                "smtp.password_file");
}

// The first start: the key is put away before it opens anything, so that no crash in between locks
// everybody out.
Result<void> make_admin_key(KeyStore& keys, const std::filesystem::path& directory, Log& log) {
    if (!keys.empty()) return {};
    const auto created = keys.make(TenantId("default"), "admin", {Scope::admin}, std::nullopt);
    const std::filesystem::path file = directory / "admin.key";
    if (auto written = write_private_file(file, created.text + "\n"); !written) return written;
    if (auto added = keys.add(created.key); !added) return added;
    log.write(LogLevel::info, "admin_key_written", {{"file", file.native()}});
    return {};
}

// The file's prices hold for everybody who has uploaded none. They go into the store, so that a
// batch finds them again after a restart, whatever has become of the file. Without a file there are
// none.
Result<void> install_comps(const CompsFileOptions& options, engine::CompsShelf& shelf, Log& log) {
    const TenantId& everybody = engine::batch_store::everybody;
    const auto before = shelf.show(everybody);
    if (options.file.empty()) return before ? shelf.remove(everybody) : Result<void>{};
    auto comps = load_comps_file(options, shelf.vocabulary());
    if (!comps) return std::move(comps).error();
    const std::string hash = "\"" + engine::hash_text(*comps->book) + "\"";
    if (!before || before->facts.find(hash) == std::string::npos) {
        if (auto stored = shelf.install(everybody, *comps); !stored) return stored.error();
    }
    const auto skipped = static_cast<std::int64_t>(comps->report.skipped);
    const std::string described = describe_comps(*comps, 0);
    log.write(skipped > 0 ? LogLevel::warning : LogLevel::info, "comps_loaded",
              {{"file", options.file},
               {"rows", static_cast<std::int64_t>(comps->report.rows)},
               {"skipped", skipped},
               {"message", std::string_view(described).substr(0, described.find('\n'))}});
    return {};
}

// Everything that lives while the server runs. Members stand in the order in which they are built.
class ServerProcess {
  public:
    ServerProcess(const ServeOptions& options, CommandContext& context)
        : options_(options), context_(context), log_(context.clock, write_to_stderr) {}

    Result<void> start();
    void stop();
    const std::string& url() const { return server_->url(); }
    Log& log() { return log_; }

  private:
    Result<void> open_store();
    Result<void> build_parts(const MasterKey& key);
    void tell_of_retention(const Result<RetentionReport>& done);
    std::string public_url() const {
        const std::string& given = options_.settings.serve.public_url;
        std::string url = given.empty() ? server_->url() : given;
        while (url.ends_with('/'))
            url.pop_back();
        return url;
    }

    const ServeOptions& options_;
    CommandContext& context_;
    Log log_;
    std::unique_ptr<HttpServer> server_;
    std::unique_ptr<engine::Database> database_;
    std::unique_ptr<engine::Writer> writer_;
    std::unique_ptr<notify::SecretBox> secrets_;
    std::unique_ptr<notify::ResultsLinks> links_;
    std::shared_ptr<const notify::ProfileBook> profiles_;
    std::unique_ptr<KeyStore> keys_;
    std::unique_ptr<TenantBook> tenants_;
    std::unique_ptr<Retention> retention_;
    std::unique_ptr<notify::Notifier> notifier_;
    std::unique_ptr<engine::Engine> engine_;
    std::unique_ptr<Api> api_;
};

Result<void> ServerProcess::open_store() {
    const auto migrations = all_migrations();
    auto database = engine::Database::open(
        {options_.settings.serve.data_directory, options_.recover, {}}, migrations);
    if (!database) return std::move(database).error();
    database_ = *std::move(database);
    if (!database_->recovered().empty())
        log_.write(LogLevel::warning, "recovered", {{"message", database_->recovered()}});
    writer_ = std::make_unique<engine::Writer>(*database_, context_.clock, options_.settings.store);
    return {};
}

Result<void> ServerProcess::build_parts(const MasterKey& key) {
    const ServeSettings& serve = options_.settings.serve;
    auto tables = load_tables_with(
        {serve.fees_directory, serve.rates_file, serve.brands_file, serve.words_file});
    if (!tables) return std::move(tables).error();
    auto profiles = load_profiles_with(options_.settings.serve.profiles_directory);
    if (!profiles) return std::move(profiles).error();
    profiles_ = *std::move(profiles);
    auto for_notifier = notifier_options(options_.settings);
    if (!for_notifier) return std::move(for_notifier).error();
    for_notifier->public_url = public_url();
    const auto listening = notify::parse_address(parse_listen(serve.listen)->address);
    if (listening) for_notifier->addresses.own = notify::sockets_of(*listening, server_->port());
    if (auto read = read_mail_password(serve, for_notifier->mail); !read) return read;
    for_notifier->mail.tell_operator = [this](notify::OutcomeKind kind, const std::string& what) {
        log_.write(LogLevel::warning, "mail_server_failed",
                   {{"code", notify::to_string(kind)}, {"message", what}});
    };
    secrets_ = std::make_unique<notify::SecretBox>(key);
    links_ =
        std::make_unique<notify::ResultsLinks>(public_url(), derived_key(key, "results links"));
    notifier_ = std::make_unique<notify::Notifier>(
        notify::Notifier::Parts{*database_, *writer_, context_.clock, context_.random, *secrets_,
                                *links_, *profiles_},
        *std::move(for_notifier));
    writer_->add_listener(*notifier_);
    engine_ = std::make_unique<engine::Engine>(*database_, *writer_, context_.clock,
                                               context_.random, *std::move(tables),
                                               options_.settings.engine, notifier_.get());
    keys_ = std::make_unique<KeyStore>(*database_, *writer_, context_.clock, context_.random);
    if (auto loaded = keys_->load(); !loaded) return loaded;
    tenants_ = std::make_unique<TenantBook>(*database_, *writer_);
    if (auto loaded = tenants_->load(); !loaded) return loaded;
    retention_ = std::make_unique<Retention>(*database_, *writer_, context_.clock,
                                             options_.settings.retention);
    api_ = std::make_unique<Api>(ApiServices{*database_, *writer_, *engine_, *notifier_, *links_,
                                             *keys_, *tenants_, *retention_, context_.clock,
                                             context_.random, log_});
    return make_admin_key(*keys_, database_->directory(), log_);
}

// A pass that found nothing says nothing.
void ServerProcess::tell_of_retention(const Result<RetentionReport>& done) {
    if (!done) {
        log_.write(LogLevel::warning, "retention_failed",
                   {{"code", to_string(done.error().code)}, {"message", done.error().message}});
    } else if (done->jobs > 0) {
        const auto held = std::chrono::duration_cast<std::chrono::microseconds>(done->longest_job);
        log_.write(LogLevel::info, "retention",
                   {{"batches", done->batches},
                    {"deliveries", done->deliveries},
                    {"events", done->events},
                    {"jobs", done->jobs},
                    {"longest_job_us", std::int64_t{held.count()}}});
    }
}

Result<void> ServerProcess::start() {
    const auto address = parse_listen(options_.settings.serve.listen);
    if (!address) return address.error();
    HttpServerOptions http = options_.settings.http;
    http.address = address->address;
    http.port = address->port;
    auto server = HttpServer::listen(std::move(http), context_.clock);
    if (!server) return std::move(server).error();
    server_ = *std::move(server);
    if (options_.settings.serve.public_url.empty() &&
        (address->address == "0.0.0.0" || address->address == "::"))
        log_.write(LogLevel::warning, "public_url_unknown",
                   {{"message",
                     "the results links in webhooks will not lead here from elsewhere; "
                     "use --public-url"}});

    if (auto opened = open_store(); !opened) return opened;
    auto key = load_master_key({options_.settings.serve.key_file,
                                context_.environment("ASSAY_MASTER_KEY"), database_->directory()},
                               context_.random);
    if (!key) return std::move(key).error();
    if (key->beside_data)
        log_.write(LogLevel::warning, "master_key_beside_data",
                   {{"message",
                     "whoever takes the data directory takes the key that seals its "
                     "secrets; use --key-file or ASSAY_MASTER_KEY"}});
    if (auto built = build_parts(key->key); !built) return built;
    if (auto started = engine_->start(); !started) return started;
    const ServeSettings& serve = options_.settings.serve;
    const CompsFileOptions comps{serve.comps_file, serve.comps_currency, serve.comps_columns};
    if (auto read = install_comps(comps, engine_->comps(), log_); !read) return read;
    if (auto started = notifier_->start(); !started) return started;
    retention_->start([this](const Result<RetentionReport>& done) { tell_of_retention(done); });
    server_->serve(*api_);
    return {};
}

// Requests first, since they call everything else; the writer last, since everything calls it.
void ServerProcess::stop() {
    if (server_) server_->stop(requests_drain);
    if (retention_) retention_->stop();
    if (engine_) engine_->stop();
    if (notifier_) notifier_->stop();
    if (writer_) writer_->stop();
}

}  // namespace

std::vector<engine::Migration> all_migrations() {
    std::vector<engine::Migration> all;
    for (const auto module : {engine::batch_store::migrations(), notify::notify_store::migrations(),
                              KeyStore::migrations()})
        all.insert(all.end(), module.begin(), module.end());
    return all;
}

Result<ListenAddress> parse_listen(const std::string& text) {
    ListenAddress parsed;
    const std::size_t colon = text.rfind(':');
    bool sound = colon != std::string::npos && colon > 0;
    if (sound) {
        parsed.address = text.substr(0, colon);
        const char* end = text.data() + text.size();
        const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, parsed.port);
        sound = colon + 1 < text.size() && error == std::errc{} && stop == end;
        const bool bracketed = parsed.address.front() == '[' && parsed.address.back() == ']';
        if (bracketed)
            parsed.address = parsed.address.substr(1, parsed.address.size() - 2);
        else
            sound = sound && parsed.address.find(':') == std::string::npos;
    }
    if (!sound)
        return fail(ErrorCode::invalid_argument, "\"" + text + "\" is no address and port",
                    "--listen", "write ADDRESS:PORT, e.g. 127.0.0.1:8080 or [::1]:0");
    return parsed;
}

int run_serve(const ServeOptions& options, CommandContext& context) {
    set_process_limits();
    auto signal = std::make_unique<StopSignal>();  // before the first thread
    ServerProcess process(options, context);
    if (auto started = process.start(); !started) {
        process.stop();
        return report(context, started.error());
    }
    std::string line;
    JsonWriter(line)
        .begin_object()
        .member("event", "ready")
        .member("url", process.url())
        .end_object();
    context.out << line << '\n' << std::flush;
    process.log().write(LogLevel::info, "ready", {{"url", process.url()}, {"version", version}});

    const int number = signal->wait();
    process.log().write(LogLevel::info, "stopping", {{"signal", std::int64_t{number}}});
    signal.reset();  // from here on a signal ends the program at once
    process.stop();
    process.log().write(LogLevel::info, "stopped");
    return exit_ok;
}

void add_serve(CLI::App& application, CommandContext& context) {
    struct Flags {
        SettingFlags settings;
        std::string keep;  // "results=30,..."; empty: the configuration's days
        bool recover = false;
    };
    auto flags = std::make_shared<Flags>();
    CLI::App* command = application.add_subcommand(
        "serve", "Run the server: takes batches over HTTP, analyses them, calls webhooks");
    command->group(group_run);
    const auto add = [&](const char* flag, const char* setting, const char* type) {
        return add_setting_option(*command, flags->settings, flag, setting, type);
    };
    add("--data-dir", "serve.data_dir", "DIR");
    add("--listen", "serve.listen", "ADDRESS:PORT");
    add("--public-url", "serve.public_url", "URL");
    add("--tls-cert", "serve.tls_cert", "FILE");
    add("--tls-key", "serve.tls_key", "FILE");
    add("--key-file", "serve.key_file", "FILE");
    add("--allow-insecure-endpoints", "serve.allow_insecure_endpoints", "");
    add("--allow-endpoint-cidr", "serve.allow_endpoint_cidr", "CIDR");
    add("--threads", "engine.threads", "N");
    add("--smtp-url", "smtp.url", "URL");
    add("--smtp-sender", "smtp.sender", "ADDRESS");
    add("--smtp-user", "smtp.user", "NAME");
    add("--smtp-password-file", "smtp.password_file", "FILE");
    add("--smtp-starttls", "smtp.starttls", "RULE");
    command->add_flag("--recover", flags->recover,
                      "Start although the store has lost commits; says what is missing");
    command
        ->add_option("--keep", flags->keep,
                     "Days that things are kept: results=30,events=30,deliveries=30,"
                     "dead_letters=90 where nothing else is said")
        ->type_name("NAME=DAYS,...");
    command
        ->add_option_function<std::string>(
            "--store-limit",
            [flags](const std::string& text) {
                flags->settings.given.push_back({"store.size_max", "--store-limit", text + "GiB"});
            },
            "GiB that the store may hold; beyond, submissions are refused with 507")
        ->type_name("GIB");
    add("--fees", "serve.fees", "DIR");
    add("--rates", "serve.rates", "FILE");
    add("--brands", "serve.brands", "FILE");
    add("--words", "serve.words", "FILE");
    add("--profiles", "serve.profiles", "DIR");
    add("--comps", "serve.comps", "FILE");
    add("--comps-currency", "serve.comps_currency", "CODE");
    add("--comps-columns", "serve.comps_columns", "FIELD=HEADER");
    add_config_option(*command, flags->settings);
    command->footer(
        "Prints {\"event\":\"ready\",\"url\":...} on standard output when it takes requests;\n"
        "logs go to standard error as JSON lines. The first start writes the admin key to\n"
        "DATA_DIR/admin.key.\n\n"
        "Example: assay serve --data-dir /var/lib/assay --listen 127.0.0.1:8080\n");
    command->callback([flags, &context] {
        auto loaded = settings_of(flags->settings, context);
        if (!loaded) {
            context.exit_code = report_usage(context, loaded.error(), "serve");
            return;
        }
        auto days = parse_retention(flags->keep, loaded->settings.retention.days);
        if (!days) {
            days.error().field = "--keep";
            context.exit_code = report_usage(context, days.error(), "serve");
            return;
        }
        loaded->settings.retention.days = *days;
        context.exit_code = run_serve({loaded->settings, flags->recover}, context);
    });
}

}  // namespace assay::tools
