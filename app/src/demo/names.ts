/** Names that are common somewhere, in Latin script, so that searches meet accents, hyphens and apostrophes. */
const words = (text: string): readonly string[] => text.trim().split(/\s+/);

export const givenNames = words(`
  Aaliyah Adaeze Aiko Ahmed Alejandra Amélie Amina Anders Anika Antonín Aoife Arjun Astrid Ayşe Beatriz Björn Bruno
  Camila Carlos Chiara Chidi Chloé Ciara Daniela Dariusz Deepika Diego Dmitri Elif Emeka Emma Enzo Erik Esperanza
  Fatima Felix Fiona Françoise Freya Gabriel Giulia Grace Hana Hannah Haruto Hiroshi Hugo Ibrahim Ines Ingrid Isabel
  Ivana Jakub Jamal João Jorge Júlia Kaito Kamala Karim Katarzyna Keiko Kofi Kwame Lars Laila Léa Leila Liam Linh
  Lucía Luka Magnus Mai Małgorzata Marco Mariam Mateo Mehmet Mei Miguel Mila Min-jun Mohamed Nadia Naomi Nia Niamh
  Noah Nikolai Olga Oluwaseun Omar Oskar Paolo Pavel Petra Priya Quentin Rafael Rania Rohan Rosa Sakura Salma Samuel
  Sanjay Saoirse Sara Seo-yeon Sofia Søren Stefan Sunita Tariq Thabo Thandiwe Tomás Tuan Uma Valentina Vikram Wei
  William Xiulan Yara Yasmin Youssef Yuki Zainab Zeynep Zoë Zofia
`);

export const familyNames = words(`
  Abadi Acheampong Adeyemi Aguilar Ahmadi Almeida Andersson Araújo Bakker Balogun Banerjee Bauer Becker Bergström
  Bianchi Bonnet Brown Byrne Calderón Campbell Castillo Černý Chatterjee Chen Choi Costa D'Angelo Da-Silva Dąbrowski
  Delacroix Demir Diallo Dimitrov Dubois Dvořák Edwards Eriksen Esposito Evans Fernández Fischer Fitzgerald Flores
  Fontaine Fujita García Gonçalves González Górski Gupta Haddad Hansen Hashimoto Hernández Hoang Hoffmann Horvat
  Hussein Ibrahim Ito Ivanova Jansen Jensen Jiménez Johnson Joshi Kaplan Karlsson Kaya Khan Kim Kobayashi Kovács
  Kowalski Kumar Larsen Laurent Le Lee Lindqvist López Mahmoud Martínez Mbeki Mehta Mensah Meyer Mokoena Molina
  Moreau Moretti Müller Murphy Nakamura Ndiaye Nguyen Nielsen Novák Nowak O'Brien O'Connor Okafor Okonkwo Olsen
  Öztürk Park Patel Pereira Petrov Pham Popescu Rahman Ramírez Rao Reddy Ricci Rojas Romano Rossi Saito Sánchez Santos
  Sato Schmidt Schneider Sharma Singh Smith Sørensen Suzuki Takahashi Tanaka Taylor Teixeira Thompson Torres Tran
  Ukwu Van-Dijk Vargas Vasquez Vogel Wagner Walker Wang Weber Williams Wójcik Wong Yamamoto Yıldız Yilmaz Zhang Zhou
`);
