"""What each trade says in its own way."""

from app.models.choices import Trade
from app.nurture.ready_made.shape import Words

PHOTOGRAPHER = Words(
    show="We would be glad to send you a whole wedding from start to finish, so that you can see how a day "
    "with us looks, and not only its best ten pictures.",
    ask="Which photographs do you keep going back to, and is there anything you would rather not have?",
    meet="a short video call",
    advice_subject="An hour that makes all the difference to your photographs",
    advice="One thing we tell every couple: look up when the sun sets on {{ wedding_date }} and keep twenty "
    "minutes free an hour before. The light is kind, your guests are happy with a glass in hand, and you "
    "have a moment to yourselves. It costs nothing but a line in the timetable.",
    script="Ask how they met and what they picture for the day. Ask who will be there and where they get "
    "ready. Say what your packages include, and offer two times for a video call.",
    news="We have photographed some lovely weddings since you wrote, in sunshine and in pouring rain, and a "
    "few of them are on our website.",
    details="<li>the timetable, from getting ready to the first dance</li>"
    "<li>the group photographs you would like, with names</li>"
    "<li>the addresses, and somebody we may ring on the day</li>"
    "<li>anything we should know about the families</li>",
    soon="Your timetable is with us, batteries are charged, and we have an eye on the weather.",
    tomorrow="cameras are packed and we know where to be.",
    thanks="We are choosing and editing your photographs now, and will write as soon as they are ready to "
    "see.",
    anniversary="If some of your photographs are still waiting to become an album or a print for the wall, "
    "this is a good moment: we will gladly lay out a first draft with you.",
)
VENUE = Words(
    show="A venue is hard to know from pictures. Come and walk through ours, see the rooms in daylight and "
    "ask us whatever you like.",
    ask="How many guests do you expect, and would you like to have the ceremony here as well?",
    meet="a visit with a cup of coffee",
    advice_subject="Three things to look for when you visit a venue",
    advice="Wherever you look, ask three things: where everybody goes if it rains, what the price per head "
    "leaves out, and until when the music may play. The answers tell you more about a place than its "
    "chandeliers, and we are happy to give you ours.",
    script="Ask how many guests they expect and whether the ceremony is here too. Ask what they have seen "
    "elsewhere and liked. Say what is included, and offer two days for a visit.",
    news="The gardens have changed since you wrote, and we have a few dates left that we would love to see "
    "filled.",
    details="<li>your final number of guests, and who needs what to eat</li>"
    "<li>the table plan</li>"
    "<li>when your other suppliers arrive, with a number for each</li>"
    "<li>who is staying the night</li>",
    soon="The rooms are ready, the team knows your plan, and your table plan hangs in the kitchen.",
    tomorrow="everything is ready and the place is yours.",
    thanks="It was a joy to have you and your families here. If anything was left behind, it is safe with "
    "us.",
    anniversary="If you would like to come back for dinner or a night, tell us and we will keep you a table "
    "and a room.",
)
FLORIST = Words(
    show="We can send you a few arrangements from weddings at the same time of year, so that you see what is "
    "in season then and how it looks in a room.",
    ask="Which colours and flowers do you love, and which would you be glad never to see?",
    meet="half an hour in the studio",
    advice_subject="Flowers that are at their best around your date",
    advice="Flowers in season are fresher, last the whole evening and cost less than the same bloom flown "
    "in. Tell us the colours rather than the names, and we will say what will be at its best on {{ "
    "wedding_date }}; you may find something you had not thought of.",
    script="Ask about colours, dresses and the room. Ask how many bouquets, buttonholes and tables. Ask "
    "about the budget for flowers, and offer two times to meet.",
    news="The growers have sent us some beautiful things since you wrote, and we have tried new ideas for "
    "tables and arches.",
    details="<li>bouquets and buttonholes, with names</li>"
    "<li>the number and size of your tables</li>"
    "<li>where and when we deliver, and who lets us in</li>"
    "<li>what happens to the flowers afterwards</li>",
    soon="Your flowers are ordered, and we begin to condition them three days before.",
    tomorrow="your flowers are in water and looking lovely.",
    thanks="We hope the flowers lasted well into the week. A bouquet dries best hanging head down in the "
    "dark.",
    anniversary="If you would like flowers in the colours of your bouquet to mark the day, we still have the "
    "recipe.",
)
CATERER = Words(
    show="We will send you two or three menus for the number of guests you have in mind, with prices that "
    "include the crew, the crockery and the clearing up.",
    ask="Do you picture a long table and three courses, or people on their feet with something good in hand?",
    meet="a small tasting",
    advice_subject="What guests remember about the food",
    advice="Guests seldom remember the fourth canapé, but they do remember waiting. If there is an hour of "
    "photographs after the ceremony, put the generous food there; dinner can then be simpler than you think, "
    "and everybody is happier.",
    script="Ask for the number of guests, and how many are children. Ask about diets and allergies. Ask what "
    "kitchen the venue has. Say what the price per head includes, and offer two dates for a tasting.",
    news="We have new dishes on the menu since you wrote, and a few dates left this season.",
    details="<li>your final number of guests</li>"
    "<li>allergies and diets, with names</li>"
    "<li>the timings: arrival, dinner, speeches, evening food</li>"
    "<li>who opens the kitchen for us, and when</li>",
    soon="Your menu is set, the produce is ordered, and we have every allergy on the list.",
    tomorrow="everything is prepared and the list of allergies is in the kitchen.",
    thanks="We hope you had time to eat. If there was a dish you loved, ask us for the recipe.",
    anniversary="If you would like to cook your wedding dinner again for two, we will send you the recipes; "
    "or let us do it for a few more.",
)
OTHER = Words(
    show="We would be glad to send you a few examples from recent weddings, so that you see how we work.",
    ask="What matters most to you about the day, and what have you settled already?",
    meet="a short call",
    advice_subject="One thing worth settling early",
    advice="One thing we tell every couple: write down the three moments that matter most to you, and give "
    "them time in the day before anything else. What is left over sorts itself out more easily than you "
    "think.",
    script="Ask what they picture for the day and what is settled already. Ask what worries them. Say what "
    "you do and what it costs, and offer two times to talk at more length.",
    news="We have been part of some lovely weddings since you wrote, and have a few dates left this season.",
    details="<li>the timetable of the day</li>"
    "<li>the addresses, and where we may park</li>"
    "<li>somebody we may ring on the day</li>"
    "<li>anything that has changed since we last spoke</li>",
    soon="Everything is prepared on our side, and your timetable is with us.",
    tomorrow="everything is ready on our side.",
    thanks="It was a pleasure to be part of it.",
    anniversary="If there is another day to celebrate, for you or for friends, we would love to hear of it.",
)
WORDS = {
    Trade.PHOTOGRAPHER: PHOTOGRAPHER,
    Trade.VENUE: VENUE,
    Trade.FLORIST: FLORIST,
    Trade.CATERER: CATERER,
    Trade.OTHER: OTHER,
}
