import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.BeanPropertyDefinition;

/** Prints the JSON fields of representation classes: class, name and type, one field a line. */
public final class Fields {
    private static final String PACKAGE = "org.keycloak.representations.";

    public static void main(String[] classes) throws ClassNotFoundException {
        ObjectMapper mapper = new ObjectMapper();
        for (String name : classes) {
            // Those of the user profile (UPConfig, UPAttribute, …) have a package of their own.
            String place = name.startsWith("UP") ? "userprofile.config." : "idm.";
            var type = mapper.constructType(Class.forName(PACKAGE + place + name));
            for (BeanPropertyDefinition field : mapper.getSerializationConfig().introspect(type).findProperties()) {
                System.out.println(name + " " + field.getName() + " " + field.getRawPrimaryType().getSimpleName());
            }
        }
    }
}
