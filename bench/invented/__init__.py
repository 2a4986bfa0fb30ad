"""An invented country for trying the import of the national register: the same files for the same seed and scale.

    python -m bench.invented FOLDER [--scale 0.1] [--seed N]

writes, all `;` and UTF-8 (column names in `files` and `rows`):

- `codifier.csv`: places in the layout of the official codifier, 1,469 hromadas, 350 of which share their name with
  another one (fourteen pairs within one oblast, in different raions), some 31,500 codes;
- `koatuu.csv`: legacy codes → KATOTTG; 15 % of the legacy codes have no counterpart;
- `authorities.csv` and `realm-config/`: 1,455 authorities, the same ones as a list and as a configuration. 70 hromadas
  have none: half of them are namesakes of a hromada that has one;
- `older.csv`, `newer.csv`: 16,434 schools and 600 other institutions, and eight months later;
- `older-truth.csv`, `newer-truth.csv`: what is true of every row, for marking an import (see `rows`).

**How bodies are written.** In percent of hromadas, each of whose institutions mostly copy one text; one hromada in four
has a second one, for three in ten of its rows.

| form | % | example |
| --- | --- | --- |
| exact | 12 | as the configuration has it |
| council | 21 | Зеленогайська сільська рада |
| council-full | 10 | … Львівського району Львівської області |
| title, title-full | 15, 6 | another title of the department, also with raion and oblast |
| committee, committee-itself | 6, 3 | Відділ освіти виконавчого комітету …; Виконавчий комітет … |
| short | 8 | Від. освіти Зеленогайської с/р; УО … міськради; Відділ ОКМС … |
| hromada | 8 | Зеленогайська ОТГ; Відділ освіти Зеленогайської територіальної громади |
| military | 2 | Зеленогайська сільська військова адміністрація, in oblasts at the front |
| genitive | 2 | Відділу освіти …; Підпорядкування: Зеленогайської … |
| place-after | 2 | Зеленогайська сільська рада, відділ освіти; Відділ освіти с. Зелений Гай |
| slip | 1.5 | Віддл, освти, скої, рады |
| other-kind | 1 | a селищна council written as сільська |
| founder, with-code | 0.5, 0.5 | Засновник - …; … (код ЄДРПОУ …) |
| old-raion | 2.4 | a department of a raion that was abolished in 2020; true is the hromada of the place |
| generic | 0.5 | Міська рада; Відділ освіти |
| renamed | 0.8 | a name before or after renaming, which the codifier does not have |

Three texts in ten are typed oddly: capitals, Latin look-alikes, double or no-break spaces, a dot at the end, quotes,
other apostrophes and dashes, small or Title letters. Of all rows, 3 % name the oblast's department, administration or
council, 2.2 % a private owner (some called after the place), 0.6 % another ministry or body that has no authority here,
0.4 % the raion that there is today (called like its town), 0.4 % nothing, 0.3 % a neighbouring hromada, 0.2 % the
ministry, 0.2 % a council of an oblast that the institution moved away from. Five cities and Kyiv have districts with
departments of their own; several cities have a district of the same name.

**What may be asked for.** `sure` in the truth says that text and place (codes, region) together name exactly one body:
so it is for over 95 % of the rows that belong to a configured authority. Old raions, generic texts, renamed and merged
hromadas, neighbours and moved institutions are not sure, nor is a namesake within the oblast when the row's codes say
no place.

**What changes in eight months.** Of 16,433 schools 3,557 names, 871 bodies (by hromada: 62 % written otherwise, 18 % to
a private or unknown body, 8 % handed to the oblast, 7 % merged into a neighbour, 5 % renamed), 513 e-mails and 449
states (196 liquidated); 912 schools are new and one is gone.
"""
