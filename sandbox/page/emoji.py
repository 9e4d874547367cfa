"""The names that Slack gives to emoji, as far as pilots, reviews and small talk need them.

A name that is not here stays as it is written, as Slack does with a custom emoji that was removed.
"""

from __future__ import annotations

_PAIRS = """
+1 👍 thumbsup 👍 -1 👎 thumbsdown 👎 100 💯 1234 🔢 airplane ✈️ alarm_clock ⏰ arrow_down ⬇️ arrow_left ⬅️
arrow_right ➡️ arrow_up ⬆️ arrows_counterclockwise 🔄 artist 🧑‍🎨 ballot_box_with_check ☑️ bangbang ‼️ bar_chart 📊 beers 🍻
bell 🔔 black_circle ⚫ black_large_square ⬛ blue_heart 💙 blush 😊 books 📚 boom 💥 brain 🧠 bug 🐛 bulb 💡
busts_in_silhouette 👥 calendar 📆 chart_with_downwards_trend 📉 chart_with_upwards_trend 📈 checkered_flag 🏁 clap 👏
clipboard 📋 clock1 🕐 clock9 🕘 cloud ☁️ coffee ☕ confused 😕 construction 🚧 cry 😢 crying_cat_face 😿 date 📅 disappointed 😞
dizzy 💫 email ✉️ envelope ✉️ exclamation ❗ eyes 👀 face_with_monocle 🧐 file_folder 📁 fire 🔥 fist ✊ flag-de 🇩🇪
gear ⚙️ gem 💎 ghost 👻 gift 🎁 green_heart 💚 grey_question ❔ grin 😁 grinning 😀 hammer 🔨 hammer_and_wrench 🛠️
hand ✋ handshake 🤝 heart ❤️ heart_eyes 😍 heavy_check_mark ✔️ heavy_minus_sign ➖ heavy_plus_sign ➕ heavy_multiplication_x ✖️
hourglass ⌛ hourglass_flowing_sand ⏳ house 🏠 hugging_face 🤗 inbox_tray 📥 information_source ℹ️ joy 😂 key 🔑
label 🏷️ large_blue_circle 🔵 large_green_circle 🟢 large_orange_circle 🟠 large_red_square 🟥 large_yellow_circle 🟡 laughing 😆 link 🔗 lock 🔒 loudspeaker 📢 mag 🔍
mega 📣 memo 📝 moneybag 💰 money_with_wings 💸 muscle 💪 neutral_face 😐 no_entry ⛔ no_entry_sign 🚫 octagonal_sign 🛑
ok 🆗 ok_hand 👌 one 1️⃣ two 2️⃣ three 3️⃣ four 4️⃣ five 5️⃣ open_hands 👐 outbox_tray 📤 package 📦 paperclip 📎 partying_face 🥳 pause_button ⏸️
pencil ✏️ pencil2 ✏️ pensive 😔 point_right 👉 point_left 👈 point_up ☝️ point_down 👇 pray 🙏 pushpin 📌 question ❓ rage 😡 rainbow 🌈
raised_hand ✋ raised_hands 🙌 red_circle 🔴 relaxed ☺️ relieved 😌 repeat 🔁 robot_face 🤖 rocket 🚀 rotating_light 🚨
round_pushpin 📍 scales ⚖️ see_no_evil 🙈 seedling 🌱 shield 🛡️ shrug 🤷 slightly_smiling_face 🙂 simple_smile 🙂 small_blue_diamond 🔹
smile 😄 smiley 😃 smirk 😏 sob 😭 sparkles ✨ speech_balloon 💬 star ⭐ star2 🌟 stop_sign 🛑 stopwatch ⏱️ stuck_out_tongue 😛
sunny ☀️ sweat_smile 😅 tada 🎉 test_tube 🧪 thinking_face 🤔 thought_balloon 💭 ticket 🎫 timer_clock ⏲️ trophy 🏆
truck 🚚 umbrella ☔ unamused 😒 unlock 🔓 upside_down_face 🙃 v ✌️ vertical_traffic_light 🚦 warning ⚠️ wastebasket 🗑️
watch ⌚ wave 👋 white_check_mark ✅ white_circle ⚪ white_large_square ⬜ wink 😉 wrench 🔧 x ❌ yum 😋 zap ⚡ zzz 💤
"""


def _table() -> dict[str, str]:
    words = _PAIRS.split()
    return dict(zip(words[::2], words[1::2], strict=True))


BY_NAME = _table()

# What the page offers as quick reactions; the names are what the app hears.
QUICK_REACTIONS = ("+1", "eyes", "white_check_mark", "tada", "heart")


def emoji(name: str) -> str | None:
    """The character for a name, or None. A skin tone after the name is dropped."""
    return BY_NAME.get(name.split("::", maxsplit=1)[0])
