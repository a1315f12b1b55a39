#include "CPage.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char actions_js[] = {
#embed "../../web/actions.js"
};
static const unsigned char api_js[] = {
#embed "../../web/api.js"
};
static const unsigned char app_css[] = {
#embed "../../web/app.css"
};
static const unsigned char code_js[] = {
#embed "../../web/code.js"
};
static const unsigned char composer_js[] = {
#embed "../../web/composer.js"
};
static const unsigned char dialogs_js[] = {
#embed "../../web/dialogs.js"
};
static const unsigned char diff_js[] = {
#embed "../../web/diff.js"
};
static const unsigned char docs_css[] = {
#embed "../../web/docs.css"
};
static const unsigned char docs_html[] = {
#embed "../../web/docs.html"
};
static const unsigned char docs_js[] = {
#embed "../../web/docs.js"
};
static const unsigned char dom_js[] = {
#embed "../../web/dom.js"
};
static const unsigned char find_js[] = {
#embed "../../web/find.js"
};
static const unsigned char icon_svg[] = {
#embed "../../web/icon.svg"
};
static const unsigned char index_html[] = {
#embed "../../web/index.html"
};
static const unsigned char keys_js[] = {
#embed "../../web/keys.js"
};
static const unsigned char link_js[] = {
#embed "../../web/link.js"
};
static const unsigned char list_js[] = {
#embed "../../web/list.js"
};
static const unsigned char main_js[] = {
#embed "../../web/main.js"
};
static const unsigned char markdown_js[] = {
#embed "../../web/markdown.js"
};
static const unsigned char model_js[] = {
#embed "../../web/model.js"
};
static const unsigned char more_css[] = {
#embed "../../web/more.css"
};
static const unsigned char pages_js[] = {
#embed "../../web/pages.js"
};
static const unsigned char port_js[] = {
#embed "../../web/port.js"
};
static const unsigned char position_js[] = {
#embed "../../web/position.js"
};
static const unsigned char render_js[] = {
#embed "../../web/render.js"
};
static const unsigned char scroll_js[] = {
#embed "../../web/scroll.js"
};
static const unsigned char session_js[] = {
#embed "../../web/session.js"
};
static const unsigned char sessions_js[] = {
#embed "../../web/sessions.js"
};
static const unsigned char text_js[] = {
#embed "../../web/text.js"
};
static const unsigned char tools_js[] = {
#embed "../../web/tools.js"
};
static const unsigned char transcript_js[] = {
#embed "../../web/transcript.js"
};
static const unsigned char worker_js[] = {
#embed "../../web/worker.js"
};

static const struct tc_page_file files[] = {
    {"actions.js", actions_js, sizeof actions_js},
    {"api.js", api_js, sizeof api_js},
    {"app.css", app_css, sizeof app_css},
    {"code.js", code_js, sizeof code_js},
    {"composer.js", composer_js, sizeof composer_js},
    {"dialogs.js", dialogs_js, sizeof dialogs_js},
    {"diff.js", diff_js, sizeof diff_js},
    {"docs.css", docs_css, sizeof docs_css},
    {"docs.html", docs_html, sizeof docs_html},
    {"docs.js", docs_js, sizeof docs_js},
    {"dom.js", dom_js, sizeof dom_js},
    {"find.js", find_js, sizeof find_js},
    {"icon.svg", icon_svg, sizeof icon_svg},
    {"index.html", index_html, sizeof index_html},
    {"keys.js", keys_js, sizeof keys_js},
    {"link.js", link_js, sizeof link_js},
    {"list.js", list_js, sizeof list_js},
    {"main.js", main_js, sizeof main_js},
    {"markdown.js", markdown_js, sizeof markdown_js},
    {"model.js", model_js, sizeof model_js},
    {"more.css", more_css, sizeof more_css},
    {"pages.js", pages_js, sizeof pages_js},
    {"port.js", port_js, sizeof port_js},
    {"position.js", position_js, sizeof position_js},
    {"render.js", render_js, sizeof render_js},
    {"scroll.js", scroll_js, sizeof scroll_js},
    {"session.js", session_js, sizeof session_js},
    {"sessions.js", sessions_js, sizeof sessions_js},
    {"text.js", text_js, sizeof text_js},
    {"tools.js", tools_js, sizeof tools_js},
    {"transcript.js", transcript_js, sizeof transcript_js},
    {"worker.js", worker_js, sizeof worker_js},
};

size_t tc_page_count(void) {
  return sizeof files / sizeof files[0];
}

struct tc_page_file tc_page_file(size_t index) {
  return files[index];
}
